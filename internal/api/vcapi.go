package api

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/verify"
)

// This file is the VC-API that public test suites call. It signs whatever passes the linter, for whoever asks, and so
// exists in the demonstration alone: its issuers are did:keys made at the start and forgotten at the end, and none of
// them is an institution's.

// testIssuers is the table of issuers: one for each cryptosuite and curve, chosen by path.
var testIssuers = []struct{ name, alg, suite string }{
	{"eddsa-rdfc-2022", "ed25519", "eddsa-rdfc-2022"}, {"eddsa-jcs-2022", "ed25519", "eddsa-jcs-2022"},
	{"ecdsa-rdfc-2019-p256", "p256", "ecdsa-rdfc-2019"}, {"ecdsa-rdfc-2019-p384", "p384", "ecdsa-rdfc-2019"},
	{"ecdsa-jcs-2019-p256", "p256", "ecdsa-jcs-2019"}, {"ecdsa-jcs-2019-p384", "p384", "ecdsa-jcs-2019"},
	{"ecdsa-sd-2023-p256", "p256", "ecdsa-sd-2023"},
	{tokenIssuer, "p256", "jwt:ES256"}, {statusIssuer, "ed25519", "eddsa-rdfc-2022"},
}

// vcAPI is the door with its issuers.
type vcAPI struct {
	Deps
	issuers map[string]issue.Key
	dids    map[string]string
	base    string // public address of this server
	board   *statusBoard
}

// NewVCAPI builds the VC-API of the demonstration, with fresh keys; base is the public address of this server.
func NewVCAPI(d Deps, base string) (http.Handler, error) {
	v := &vcAPI{Deps: d, issuers: map[string]issue.Key{}, dids: map[string]string{}, base: base, board: newStatusBoard()}
	for _, t := range testIssuers {
		if err := v.addIssuer(t.name, t.alg, t.suite); err != nil {
			return nil, err
		}
	}
	v.dids[suspendIssuer], v.issuers[suspendIssuer] = v.dids[statusIssuer], v.issuers[statusIssuer] // one issuer, whose lists are its own
	mux := http.NewServeMux()
	for pattern, handle := range v.routes() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxVerify)
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			c := &call{d, w, r}
			if err := handle(c); err != nil {
				c.problem(err)
			}
		})
	}
	return mux, nil
}

// routes is the whole VC-API.
func (v *vcAPI) routes() map[string]func(*call) error {
	return map[string]func(*call) error{
		"GET /vc-api/issuers":                             v.list,
		"POST /vc-api/credentials/issue":                  v.issue,
		"POST /vc-api/issuers/{issuer}/credentials/issue": v.issue,
		"POST /vc-api/credentials/verify":                 v.verifyCredential,
		"POST /vc-api/presentations/verify":               v.verifyPresentation,
		"POST /vc-api/credentials/derive":                 v.derive,
		"POST /vc-api/credentials/status":                 v.setStatus,
		"GET /vc-api/status-lists/{purpose}":              v.statusList,
		"POST /vc-api/status-lists/{purpose}/publish":     v.publishList,
	}
}

func (v *vcAPI) list(c *call) error { return c.answer(http.StatusOK, "application/json", v.dids) }

// request reads a JSON object with one member that must be there.
func (c *call) request(member string) (root, value ijson.Value, err error) {
	body, err := c.body()
	if err != nil {
		return root, value, err
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return root, value, record.Errorf(record.Invalid, "api.vcapi", "the request is not JSON that can be read: %v", err)
	}
	root = doc.Root()
	if value = root.Get(member); value.Kind() != ijson.Object {
		return root, value, record.Errorf(record.Invalid, "api.vcapi", "/%s must be an object", member)
	}
	return root, value, nil
}

// issue secures a credential with the issuer of the path, the default without one.
func (v *vcAPI) issue(c *call) error {
	name := c.r.PathValue("issuer")
	if name == "" {
		name = defaultIssuer
	}
	k, ok := v.issuers[name]
	if !ok {
		return record.Errorf(record.NotFound, "api.vcapi", "there is no issuer %q; GET /vc-api/issuers lists them", name)
	}
	root, credential, err := c.request("credential")
	if err != nil {
		return err
	}
	unsigned, err := c.unsigned(credential)
	if err != nil || unsigned == nil {
		return err
	}
	switch name {
	case tokenIssuer:
		return v.issueToken(c, unsigned, k)
	case statusIssuer, suspendIssuer:
		if unsigned, err = v.withStatus(credential, unsigned, entryPurpose[name]); err != nil {
			return err
		}
	}
	opts := &issue.Options{Fetcher: v}
	for p := range root.At("/options/mandatoryPointers").Elements() {
		if !p.IsString() {
			return record.Errorf(record.Invalid, "api.vcapi", "/options/mandatoryPointers must hold JSON pointers")
		}
		opts.Mandatory = append(opts.Mandatory, p.Text())
	}
	secured, _, err := issue.Secure(c.r.Context(), unsigned, k, opts)
	if err != nil {
		if r, refused := errors.AsType[*issue.Refusal](err); refused {
			return c.refusedIssue(r)
		}
		return record.Errorf(record.Invalid, "api.vcapi", "the credential cannot be signed: %v", err)
	}
	return c.secured(secured)
}

// secured answers with a credential.
func (c *call) secured(credential []byte) error {
	b, err := singleProof(credential)
	if err != nil {
		return err
	}
	return c.answer(http.StatusCreated, "application/json", map[string]any{"verifiableCredential": raw(b)})
}

// singleProof writes the one proof of a credential as an object, not as a list of one, as the suites' own credentials are
// and some of their tests take for granted. The seal holds: no suite signs the proof itself.
func singleProof(credential []byte) ([]byte, error) {
	doc, err := ijson.Parse(credential, nil)
	if err != nil {
		return nil, record.Wrap("api.vcapi", err)
	}
	proof := doc.Root().Get("proof")
	if proof.Kind() != ijson.Array || proof.Len() != 1 {
		return credential, nil
	}
	return slices.Replace(bytes.Clone(credential), proof.Offset(), proof.Offset()+len(proof.Raw()), proof.Index(0).Raw()...), nil
}

// raw is JSON that is written as it is.
type raw []byte

// MarshalJSON implements json.Marshaler.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

func (v *vcAPI) verifyCredential(c *call) error { return v.verify(c, "verifiableCredential") }

func (v *vcAPI) verifyPresentation(c *call) error { return v.verify(c, "verifiablePresentation") }

// verify answers with what the verifier finds. With checks ["proof"] the proof alone decides, with ["proof",
// "credentialStatus"] the status too: whether the key is the issuer's is a question of its own, which our own verdict
// always asks.
func (v *vcAPI) verify(c *call, member string) error {
	root, value, err := c.request(member)
	if err != nil {
		return err
	}
	rep := verify.Verify(c.r.Context(), value.Raw(), &verify.Options{Fetcher: v, Challenge: root.At("/options/challenge").Text(), Domain: root.At("/options/domain").Text()})
	wrong := append(wrongs(rep, root), wrongPurposes(value, root.At("/options/expectedProofPurpose").Text())...)
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusBadRequest
	}
	return c.answer(status, "application/json", map[string]any{"verified": len(wrong) == 0, "checks": []string{"proof"}, "warnings": []string{}, "errors": wrong, "problemDetails": problemDetails(rep.Findings), "report": rep})
}

// wrongs are the findings that the request's checks ask for and that speak against the credential; when nothing speaks
// against it and nothing for it either, that it is not known.
func wrongs(rep *verify.Report, root ijson.Value) []string {
	wrong := []string{}
	asked := map[string]bool{}
	for check := range root.At("/options/checks").Elements() {
		asked[check.Text()] = true
	}
	good := rep.Own == verify.Verified
	if asked["proof"] {
		good = slices.ContainsFunc(rep.Findings, func(f verify.Finding) bool { return f.Code == "proof.valid" })
	}
	counts := func(check string) bool {
		return !asked["proof"] || check == "proof" || check == "format" || check == "context" || check == "schema" || check == "status" && asked["credentialStatus"]
	}
	for _, f := range rep.Findings {
		unknown := f.Outcome == verify.Unknown && f.Check == "status" && asked["credentialStatus"]
		if counts(f.Check) && (f.Outcome == verify.Fails || unknown) {
			wrong = append(wrong, f.Code+" "+f.Pointer+": "+f.Message)
		}
	}
	if !good && len(wrong) == 0 {
		wrong = append(wrong, "it could not be decided whether this is genuine")
	}
	return wrong
}

// wrongPurposes are the proofs that were made for another purpose than the request expects, which may expect none.
func wrongPurposes(secured ijson.Value, want string) (wrong []string) {
	for n, p := range secured.Get("proof").Each() {
		if got := p.Get("proofPurpose").Text(); want != "" && got != want {
			wrong = append(wrong, "proof.purpose /proof/"+strconv.Itoa(n)+"/proofPurpose: it is "+strconv.Quote(got)+", and the request expects "+strconv.Quote(want))
		}
	}
	return wrong
}

// derive discloses a part of an ecdsa-sd-2023 credential.
func (v *vcAPI) derive(c *call) error {
	root, credential, err := c.request("verifiableCredential")
	if err != nil {
		return err
	}
	var reveal []string
	for p := range root.At("/options/selectivePointers").Elements() {
		reveal = append(reveal, p.Text())
	}
	derived, err := dataintegrity.Derive(credential.Raw(), reveal)
	if err != nil {
		return record.Errorf(record.Invalid, "api.vcapi", "the credential cannot be disclosed in part: %v", err)
	}
	return c.secured(derived)
}
