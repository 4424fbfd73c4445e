package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// A route is one address, who may come there, and what is done.
type route struct {
	pattern string
	roles   []record.Role // any of them; none: everybody
	handle  func(*call) error
	limit   int64 // of the request's body; zero: maxForm
}

// maxUpload is the largest upload: the verifier's own bound for a document, and room for the form around it.
const maxUpload = verify.MaxBytes + maxForm

var (
	anyone   []record.Role
	staff    = []record.Role{record.RoleRegistrar, record.RoleApprover}
	preparer = []record.Role{record.RoleRegistrar}
	keepers  = []record.Role{record.RoleRegistrar, record.RoleApprover, record.RoleOperator}
	learners = []record.Role{record.RoleLearner}
)

// table is the whole door, top to bottom.
var table = slices.Concat(ownRoutes, leaveRoutes, addressRoutes, appRoutes, goalRoutes, collectRoutes, requestRoutes, appsRoutes, walletRoutes, publicRoutes, shareRoutes, refreshRoutes, learnerRoutes, deskRoutes, officeRoutes, catalogueRoutes, frameworkRoutes, templateRoutes, importRoutes, privacyRoutes, keyRoutes, policyRoutes, statusRoutes, ruleRoutes, classroomRoutes, rosterRoutes, ltiRoutes, coverageRoutes, programRoutes, deliveryRoutes, experienceRoutes, endorseRoutes, dashboardRoutes, claimRoutes, signInRoutes, campusRoutes, operatorRoutes)

var publicRoutes = []route{
	{"GET /{$}", anyone, home, 0},
	{"GET /about", anyone, about, 0},
	{"GET /how-to-check", anyone, howToCheck, 0},
	{"GET /sign-in", anyone, signInForm, 0},
	{"POST /sign-in", anyone, signIn, 0},
	{"GET /sign-in/{token}", anyone, signInLink, 0},
	{"POST /sign-in/{token}", anyone, signInConfirmed, 0},
	{"POST /sign-out", anyone, signOut, 0},

	{"GET /verify", anyone, verifyForm, 0},
	{"POST /verify", anyone, verifyInput, maxUpload},
	{"GET /records/{id}", anyone, publicRecord, 0},
	{"GET /achievements/{id}", anyone, publicAchievement, 0},
	{"GET /issuers/{slug}", anyone, publicIssuer, 0},
	{"GET /favicon.ico", anyone, favicon, 0},
	{"GET /robots.txt", anyone, robots, 0},
	{"GET /status/{list}", anyone, publicStatus, 0},
}

var shareRoutes = []route{
	{"GET /shares/{token}", anyone, openShare, 0},
	{"POST /shares/{token}", anyone, openShareWithPasscode, 0},
	{"GET /shares/{token}/files/{position}", anyone, shareFile, 0},
	{"GET /shares/{token}/as/{form}", anyone, shareAs, 0},
	{"GET /shares/{token}/evidence/{piece}", anyone, shareEvidence, 0},
	{"GET /shares/{token}/compare", anyone, compareShareForm, 0},
	{"POST /shares/{token}/compare", anyone, compareShare, maxCompare},
	{"GET /compare", anyone, compareForm, 0},
	{"POST /compare", anyone, compareFiles, maxCompare},
	{"GET /about/marks", anyone, marksPage, 0},
	{"GET /my/data/record.pdf", learners, myRecordPDF, 0},
	{"GET /my/data/as/{form}", learners, myRecordAs, 0},
}

var learnerRoutes = []route{
	{"GET /my", learners, myRecord, 0},
	{"GET /my/shares", learners, myShares, 0},
	{"GET /my/shares/new", learners, newShareForm, 0},
	{"POST /my/shares/preview", learners, sharePreview, 0},
	{"POST /my/shares", learners, makeShare, 0},
	{"GET /my/shares/{id}", learners, editShareForm, 0},
	{"POST /my/shares/{id}", learners, editShare, 0},
	{"POST /my/shares/{id}/stop", learners, stopShare, 0},
	{"GET /my/data", learners, myData, 0},
	{"GET /my/data/record.json", learners, myRecordFile, 0},
	{"GET /my/data/all.zip", learners, myExport, 0},
}

var deskRoutes = []route{
	{"GET /desk", staff, today, 0},
	{"GET /desk/import", preparer, importForm, 0},
	{"POST /desk/import", preparer, importFiles, maxUpload},
	{"GET /desk/imports/{batch}", staff, importCheck, 0},
	{"POST /desk/imports/{batch}/create", preparer, importCreate, 0},
	{"POST /desk/imports/{batch}/undo", preparer, importUndo, 0},
	{"GET /desk/drafts", staff, drafts, 0},
	{"GET /desk/approve", staff, approveForm, 0},
	{"POST /desk/approve", staff, approve, 0},
	{"POST /desk/issue", staff, issue, 0},
	{"GET /desk/runs/{id}", staff, run, 0},
	{"POST /desk/runs/{id}/stop", staff, stopRun, 0},
	{"GET /desk/issued", staff, issued, 0},
	{"GET /desk/awards/{id}", staff, award, 0},
	{"POST /desk/awards/{id}/{act}", staff, awardAct, 0},
	{"GET /desk/people", staff, people, 0},
	{"GET /desk/people/{id}", staff, person, 0},
	{"GET /desk/people/{id}/preview", staff, personPreview, 0},
	{"GET /desk/catalogue", staff, catalogue, 0},
	{"GET /desk/catalogue/{id}", staff, cataloguePage, 0},
}

// routes wires the table behind the headers and the cross-origin check that every page has.
func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	s.admits = map[string][]record.Role{}
	for _, rt := range table {
		mux.Handle(rt.pattern, s.serve(rt))
		s.admits[rt.pattern] = rt.roles
	}
	mux.Handle("GET /static/", s.assets)
	mux.Handle("/", s.serve(route{pattern: "/", handle: func(c *call) error { return c.noRoute(mux) }}))
	cross := http.NewCrossOriginProtection()
	cross.AddInsecureBypassPattern(samlBackPath) // a signed answer to a request of ours; the session begins at /arrived
	for _, pattern := range ltiForeign {
		cross.AddInsecureBypassPattern(pattern)
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Trouble(w, r, http.StatusForbidden) }))
	return secured(cross.Handler(mux))
}

// Allowed are the methods that an address knows beside the catch-all's, none for an address that is not there (RFC 9110,
// 9.3.7 and 15.5.6).
func Allowed(mux *http.ServeMux, r *http.Request) (methods []string) {
	for _, m := range [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: m, Host: r.Host, URL: r.URL}
		if _, pattern := mux.Handler(probe); pattern != "" && pattern != "/" {
			methods = append(methods, m)
		}
	}
	if methods != nil {
		methods = append(methods, http.MethodOptions)
	}
	return methods
}

// noRoute answers where no route is: the address is not there, or knows other methods.
func (c *call) noRoute(mux *http.ServeMux) error {
	allowed := Allowed(mux, c.r)
	if allowed == nil {
		return record.Errorf(record.NotFound, "web", "")
	}
	c.w.Header().Set("Allow", strings.Join(allowed, ", "))
	if c.r.Method == http.MethodOptions {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	c.fail(&Trouble{Status: http.StatusMethodNotAllowed, Head: c.t("trouble.head.405"), Text: c.t("trouble.text.405")})
	return nil
}

// Patterns lists the addresses of the door, for tests that must cover every one.
func Patterns() []string {
	out := make([]string, len(table))
	for i, rt := range table {
		out[i] = rt.pattern
	}
	return out
}
