package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// awardIn is an award as a program says it: flat.
type awardIn struct {
	Key         string `json:"key"`
	Person      string `json:"person"`
	Name        string `json:"name"`
	Email       string `json:"email"`
	Achievement string `json:"achievement"`
	AwardedOn   string `json:"awardedOn"`
	Grade       string `json:"grade"`
	Term        string `json:"term"`
	Credits     string `json:"credits"`
	ExpiresOn   string `json:"expiresOn"`
	Narrative   string `json:"narrative"`
	EvidenceURL string `json:"evidenceUrl"`
}

func (a *awardIn) entry() registrar.Entry {
	e := registrar.Entry{Key: a.Key, Person: a.Person, Name: a.Name, Email: a.Email, Achievement: a.Achievement, Grade: a.Grade,
		Detail: record.AwardDetail{AwardedOn: a.AwardedOn, Term: a.Term, Credits: a.Credits, Expires: a.ExpiresOn, Narrative: a.Narrative}}
	if a.EvidenceURL != "" {
		e.Detail.Evidence = []record.Evidence{{URL: a.EvidenceURL}}
	}
	return e
}

// rowOut is what became of one award of a request.
type rowOut struct {
	Row     int    `json:"row"` // from 1, in the order of the request
	State   string `json:"state"`
	Award   string `json:"award,omitempty"`
	Person  string `json:"person,omitempty"`
	Pointer string `json:"pointer,omitempty"`
	Message string `json:"message,omitempty"`
	Status  string `json:"status,omitempty"` // where the award stands
}

// awardsOut answers a request for awards.
type awardsOut struct {
	DryRun   bool     `json:"dryRun"`
	Rows     []rowOut `json:"rows"`
	Drafts   int      `json:"drafts"`             // made by this request
	Approved int      `json:"approved"`           // by this request
	Rejected int      `json:"rejected"`           // see their rows
	Issuing  string   `json:"issuing,omitempty"`  // the run that signs them
	Withheld string   `json:"withheld,omitempty"` // why nothing was approved though it was asked
}

// makeAwards takes one award or many: {…} or {"awards": […], "dryRun": …, "issue": …}.
func makeAwards(v *visit) error {
	root, err := v.object()
	if err != nil {
		return err
	}
	dry, asked := v.r.URL.Query().Get("dryRun") == "true", false
	var in []awardIn
	if root.Has("awards") {
		var many struct {
			Awards []awardIn `json:"awards"`
			DryRun bool      `json:"dryRun"`
			Issue  bool      `json:"issue"`
		}
		if err := readStrict(root.Raw(), &many); err != nil {
			return err
		}
		in, dry, asked = many.Awards, dry || many.DryRun, many.Issue
	} else {
		var one struct {
			awardIn
			DryRun bool `json:"dryRun"`
			Issue  bool `json:"issue"`
		}
		if err := readStrict(root.Raw(), &one); err != nil {
			return err
		}
		in, dry, asked = []awardIn{one.awardIn}, dry || one.DryRun, one.Issue
	}
	if asked && !v.key.May(record.ScopeApprove) {
		return &record.Error{Kind: record.Forbidden, Op: "api.awards", Code: "scope.missing", Message: "issue asks for the scope awards.issue, which this key has not; leave issue out to make drafts"}
	}
	entries := make([]registrar.Entry, len(in))
	for i := range in {
		entries[i] = in[i].entry()
	}
	done, err := v.Registrar.Enter(v.r.Context(), v.actor, entries, dry)
	if err != nil {
		return err
	}
	out, drafts := report(done, dry)
	if asked && !dry && len(drafts) > 0 {
		if err := v.issue(out, drafts); err != nil {
			return err
		}
	}
	status := http.StatusCreated
	switch {
	case out.Rejected > 0 && out.Rejected == len(done):
		status = http.StatusUnprocessableEntity
	case dry || out.Drafts == 0:
		status = http.StatusOK
	}
	return v.answer(status, "application/json", out)
}

func report(done []registrar.Entered, dry bool) (*awardsOut, []record.AwardID) {
	out := &awardsOut{DryRun: dry, Rows: make([]rowOut, len(done))}
	var drafts []record.AwardID
	for i, d := range done {
		out.Rows[i] = rowOut{Row: i + 1, State: string(d.State), Award: string(d.Award), Person: string(d.Learner), Pointer: d.Pointer, Message: d.Message, Status: string(d.Existing)}
		switch d.State {
		case registrar.RowNew:
			if dry {
				out.Rows[i].Person = ""
				continue
			}
			out.Rows[i].Status = string(record.AwardDraft)
			out.Drafts++
			drafts = append(drafts, d.Award)
		case registrar.RowRejected:
			out.Rejected++
		}
	}
	return out, drafts
}

// issue approves the drafts and lets them be signed, if the person behind the key may; if not, the drafts stay and the
// answer says why.
func (v *visit) issue(out *awardsOut, drafts []record.AwardID) error {
	ctx := v.r.Context()
	if err := v.Registrar.Approve(ctx, v.actor, drafts); err != nil {
		if k := record.KindOf(err); k == record.Forbidden || k == record.NotFound {
			out.Withheld = record.MessageOf(err)
			return nil
		}
		return err
	}
	out.Approved = len(drafts)
	for i := range out.Rows {
		if out.Rows[i].State == string(registrar.RowNew) {
			out.Rows[i].Status = string(record.AwardApproved)
		}
	}
	run, err := v.Registrar.StartIssuing(ctx, v.actor)
	if record.KindOf(err) == record.Conflict { // another run took them
		return nil
	}
	if err != nil {
		return err
	}
	out.Issuing = string(run.ID)
	return nil
}

// awardOut is an award as a program reads it.
type awardOut struct {
	ID          string         `json:"id"`
	State       string         `json:"state"`
	Person      personRef      `json:"person"`
	Achievement achievementRef `json:"achievement"`
	AwardedOn   string         `json:"awardedOn,omitempty"`
	Term        string         `json:"term,omitempty"`
	Credits     string         `json:"credits,omitempty"`
	ExpiresOn   string         `json:"expiresOn,omitempty"`
	Narrative   string         `json:"narrative,omitempty"`
	Result      string         `json:"result,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Credential  string         `json:"credential,omitempty"` // its address, once issued
	Revision    int64          `json:"revision"`
	UpdatedAt   string         `json:"updatedAt"`
}

type personRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type achievementRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Code string `json:"code,omitempty"`
}

func awardOf(a *registrar.AwardView) awardOut {
	return awardOut{ID: string(a.ID), State: string(a.State), Person: personRef{string(a.Learner), a.LearnerName},
		Achievement: achievementRef{a.AchievementIRI, a.AchievementName, a.AchievementType, a.AchievementCode},
		AwardedOn:   a.Detail.AwardedOn, Term: a.Detail.Term, Credits: a.Detail.Credits, ExpiresOn: a.Detail.Expires, Narrative: a.Detail.Narrative,
		Result: a.Result, Reason: a.Reason, Credential: a.CredentialURL, Revision: a.Revision, UpdatedAt: a.UpdatedAt.UTC().Format(time.RFC3339)}
}

func listAwards(v *visit) error {
	limit, err := v.limit(registrar.MaxPage)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	f := registrar.AwardFilter{Learner: record.LearnerID(q.Get("person")), Search: q.Get("search"), After: record.AwardID(q.Get("after")), Limit: limit}
	if s := record.AwardState(q.Get("state")); s != "" {
		f.States = []record.AwardState{s}
	}
	all, err := v.Registrar.Awards(v.r.Context(), v.actor, f)
	if err != nil {
		return err
	}
	out, last := make([]awardOut, len(all)), ""
	for i := range all {
		out[i] = awardOf(&all[i])
	}
	if len(all) == limit {
		last = string(all[limit-1].ID)
	}
	return v.list(out, last)
}

func readAward(v *visit) error {
	a, err := v.Registrar.Award(v.r.Context(), v.actor, record.AwardID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	v.w.Header().Set("ETag", tag(a.Version))
	return v.answer(http.StatusOK, "application/json", awardOf(a))
}

// changeAward edits a draft (RFC 7396 in spirit: members that are there are written, the others stay).
func changeAward(v *visit) error {
	version, err := v.version()
	if err != nil {
		return err
	}
	root, err := v.object()
	if err != nil {
		return err
	}
	a, err := v.Registrar.Award(v.r.Context(), v.actor, record.AwardID(v.r.PathValue("id")))
	if err != nil {
		return err
	}
	if a.Version != version {
		return &record.Error{Kind: record.Conflict, Op: "api.award", Code: "version.changed", Message: "somebody changed this award since it was read; read it again"}
	}
	if err := fill(root, map[string]*string{"awardedOn": &a.Detail.AwardedOn, "term": &a.Detail.Term, "credits": &a.Detail.Credits,
		"expiresOn": &a.Detail.Expires, "narrative": &a.Detail.Narrative}); err != nil {
		return err
	}
	if a, err = v.Registrar.ChangeDraft(v.r.Context(), v.actor, a.ID, registrar.DraftChange{Detail: a.Detail, Version: version}); err != nil {
		return err
	}
	v.w.Header().Set("ETag", tag(a.Version))
	return v.answer(http.StatusOK, "application/json", awardOf(a))
}

// fill writes the members of an object to where they belong.
func fill(root ijson.Value, members map[string]*string) error {
	for name, value := range root.Members() {
		to := members[name]
		if to == nil || !value.IsString() {
			return record.Errorf(record.Invalid, "api.fill", "/%s is no text that can be changed here; /openapi.json says what can", name)
		}
		*to = value.Text()
	}
	return nil
}

func revokeAward(v *visit) error {
	var in struct {
		Reason string `json:"reason"`
	}
	if err := v.read(&in); err != nil {
		return err
	}
	id := record.AwardID(v.r.PathValue("id"))
	if err := v.Registrar.Revoke(v.r.Context(), v.actor, id, in.Reason); err != nil {
		return err
	}
	a, err := v.Registrar.Award(v.r.Context(), v.actor, id)
	if err != nil {
		return err
	}
	return v.answer(http.StatusOK, "application/json", awardOf(a))
}

// importFiles stages one file, or brings it in: the body is the file, its name and format are in the address.
func importFiles(v *visit) error {
	body, err := v.body()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	name := q.Get("name")
	if name == "" {
		name = "import.csv"
	}
	req := registrar.ImportRequest{Format: q.Get("format"), Source: q.Get("source"), Files: []registrar.File{{Name: name, Data: body}}}
	ctx := v.r.Context()
	do := v.Registrar.StageImport
	if q.Get("dryRun") == "true" {
		do = v.Registrar.Preview
	}
	p, err := do(ctx, v.actor, req)
	if err != nil {
		return err
	}
	out := importOut{Batch: string(p.Batch), Format: p.Format, Counts: p.Counts, Findings: findings(p.Findings)}
	if p.Batch == "" {
		return v.answer(http.StatusOK, "application/json", out)
	}
	v.w.Header().Set("Location", v.BaseURL+"/desk/imports/"+string(p.Batch))
	return v.answer(http.StatusCreated, "application/json", out)
}

// commitImport makes drafts of a staged import's good rows.
func commitImport(v *visit) error {
	done, err := v.Registrar.CommitImport(v.r.Context(), v.actor, record.BatchID(v.r.PathValue("batch")))
	if err != nil {
		return err
	}
	out := importOut{Batch: string(done.Batch), Counts: done.Counts, Findings: findings(done.Findings), Awards: make([]string, len(done.Awards))}
	for i, id := range done.Awards {
		out.Awards[i] = string(id)
	}
	return v.answer(http.StatusOK, "application/json", out)
}

type importOut struct {
	Batch    string        `json:"batch,omitempty"` // empty for a dry run
	Format   string        `json:"format,omitempty"`
	Counts   record.Counts `json:"counts"`
	Findings []findingOut  `json:"findings"`
	Awards   []string      `json:"awards,omitempty"`
}

type findingOut struct {
	Place    string `json:"place"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty"`
}

func findings(all []record.Finding) []findingOut {
	out := make([]findingOut, len(all))
	for i, f := range all {
		place := f.File
		if f.Row > 0 {
			place += ", row " + strconv.Itoa(f.Row)
		}
		if f.Column != "" {
			place += ", " + f.Column
		}
		out[i] = findingOut{place, f.Severity, f.Code, f.Say, f.Fix}
	}
	return out
}
