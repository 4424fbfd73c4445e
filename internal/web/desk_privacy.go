package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// PersonPrivacy is what an office looks after for one learner beside the record: holds, disclosures, a request for
// everything, erasure.
type PersonPrivacy struct {
	Shell
	Error     string
	Row       PersonRow
	Holds     []HoldRow
	Given     []GivenRow
	Grounds   []string
	Rows      []CountRow
	Issued    int
	MayChange bool
	Typed     map[string]string // what was sent and refused
}

// HoldRow is one kind of hold; Since is zero where it is not set.
type HoldRow struct {
	Kind, Reason string
	Since        render.Date
}

// GivenRow is one disclosure.
type GivenRow struct {
	Party, What, Ground string
	At                  render.Date
}

// CountRow is how many rows of one table are about somebody.
type CountRow struct {
	Table string
	Count int64
}

// Audit is the institution's audit chain.
type Audit struct {
	Shell
	Error  string
	Rows   []AuditRow
	Next   string
	Head   *registrar.Checkpoint // of the chain that was just checked
	Broken string                // where it is not whole, in words
	Typed  string
	Held   string // what the comparison with a kept checkpoint said
	Events int    // how many of them hold together

	MayErase bool
}

// AuditRow is one event.
type AuditRow struct {
	Seq                   int64
	At                    render.Date
	Actor, Action, Object string
	Detail                []string
}

// MyDisclosures is what the office did with the learner's record towards others.
type MyDisclosures struct {
	Shell
	Holds []HoldRow
	Given []GivenRow
}

var privacyPages = []page{&PersonPrivacy{}, &Audit{}, &MyDisclosures{}}

var privacyRoutes = []route{
	{"GET /desk/people/{id}/privacy", staff, personPrivacy, 0},
	{"POST /desk/people/{id}/holds", preparer, setHold, 0},
	{"POST /desk/people/{id}/disclosures", staff, addDisclosure, 0},
	{"POST /desk/people/{id}/data", preparer, personData, 0},
	{"POST /desk/people/{id}/erase", preparer, erasePerson, 0},
	{"GET /desk/audit", keepers, auditPage, 0},
	{"POST /desk/audit", keepers, compareAudit, 0},
	{"GET /desk/audit/events.jsonl", keepers, auditFile, 0},
	{"GET /desk/audit/checkpoint.json", keepers, auditCheckpoint, 0},
	{"GET /desk/erasures.json", preparer, erasureList, 0},
	{"POST /desk/erasures", preparer, eraseAgain, maxUpload},
	{"GET /my/disclosures", learners, myDisclosures, 0},
}

func personPrivacy(c *call) error { return c.privacyPage("", http.StatusOK) }

func (c *call) privacyPage(problem string, status int) error {
	v, err := c.deps.Registrar.Privacy(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	p := &PersonPrivacy{Error: problem, Row: personRow(&v.Learner), Holds: holdRows(v.Holds, false), Given: c.givenRows(v.Disclosures), Issued: v.Issued, MayChange: v.MayErase, Typed: map[string]string{}}
	for _, g := range record.Grounds {
		p.Grounds = append(p.Grounds, string(g))
	}
	for table, n := range v.Rows {
		p.Rows = append(p.Rows, CountRow{table, n})
	}
	slices.SortFunc(p.Rows, func(a, b CountRow) int { return cmp.Compare(a.Table, b.Table) })
	for _, name := range []string{"reason", "party", "what", "ground", "sure"} {
		p.Typed[name] = c.r.PostForm.Get(name)
	}
	p.Title, p.NoIndex, p.Wide = v.Learner.Name.Display, true, true
	return c.show(status, p)
}

// holdRows are every kind of hold, or only those that are set.
func holdRows(set []record.Hold, only bool) []HoldRow {
	var out []HoldRow
	for _, kind := range record.HoldKinds {
		row := HoldRow{Kind: string(kind)}
		for _, h := range set {
			if h.Kind == kind {
				row.Reason, row.Since = h.Reason, render.Date{Time: h.SetAt}
			}
		}
		if !only || !row.Since.IsZero() {
			out = append(out, row)
		}
	}
	return out
}

func (c *call) givenRows(all []record.Disclosure) []GivenRow {
	var out []GivenRow
	for _, g := range all {
		out = append(out, GivenRow{Party: g.Party, What: g.What, Ground: c.t("privacy.ground." + string(g.Ground)), At: render.Date{Time: g.MadeAt}})
	}
	return out
}

// privacyDone goes on after an act, or back to the page with what was typed and why it was refused.
func (c *call) privacyDone(err error, path, done string) error {
	switch record.KindOf(err) {
	case record.Invalid, record.TooLarge:
		return c.privacyPage(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	case record.Conflict:
		return c.privacyPage(sentence(record.MessageOf(err)), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.go303(path + "?done=" + done)
}

func (c *call) privacyPath() string { return "/desk/people/" + c.r.PathValue("id") + "/privacy" }

func setHold(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	id, f := record.LearnerID(c.r.PathValue("id")), c.r.PostForm
	if f.Get("act") == "lift" {
		return c.privacyDone(c.deps.Registrar.LiftHold(c.ctx, c.actor, id, record.HoldKind(f.Get("kind"))), c.privacyPath(), "hold-lifted")
	}
	return c.privacyDone(c.deps.Registrar.SetHold(c.ctx, c.actor, id, record.HoldKind(f.Get("kind")), f.Get("reason")), c.privacyPath(), "hold-set")
}

func addDisclosure(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	err := c.deps.Registrar.Disclose(c.ctx, c.actor, record.Disclosure{Learner: record.LearnerID(c.r.PathValue("id")),
		Party: f.Get("party"), What: f.Get("what"), Ground: record.Ground(f.Get("ground"))})
	return c.privacyDone(err, c.privacyPath(), "disclosed")
}

func personData(c *call) error {
	id := record.LearnerID(c.r.PathValue("id"))
	b, err := c.deps.Registrar.AccessRequest(c.ctx, c.actor, id)
	if err != nil {
		return err
	}
	return c.attachment("everything-"+string(id)+".json", "application/json", b)
}

func erasePerson(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	err := c.deps.Registrar.Erase(c.ctx, c.actor, record.LearnerID(c.r.PathValue("id")), f.Get("sure"), f.Get("ground-text"))
	return c.privacyDone(err, "/desk/people", "erased")
}

func auditPage(c *call) error { return c.showAudit(&Audit{}, http.StatusOK) }

func (c *call) showAudit(p *Audit, status int) error {
	q := c.r.URL.Query()
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64) // anything else is the beginning
	p.MayErase = c.actor.Has(preparer...)
	events, err := c.deps.Registrar.Audit(c.ctx, c.actor, after)
	if err != nil {
		return err
	}
	for _, e := range events {
		row := AuditRow{Seq: e.Seq, At: render.Date{Time: e.At}, Actor: e.Actor, Action: e.Action, Object: e.Object}
		for _, k := range slices.Sorted(keysOf(e.Detail)) {
			row.Detail = append(row.Detail, k+": "+e.Detail[k])
		}
		p.Rows = append(p.Rows, row)
	}
	if len(events) >= registrar.MaxPage {
		p.Next = "?after=" + strconv.FormatInt(events[len(events)-1].Seq, 10)
	}
	if q.Get("check") != "" { // it reads the whole chain, so only who asks waits for it
		p.Head, err = c.deps.Registrar.CheckAudit(c.ctx, c.actor)
		if record.KindOf(err) == record.Conflict {
			p.Broken, err = sentence(record.MessageOf(err)), nil
		}
		if err != nil {
			return err
		}
		if p.Head != nil {
			p.Events = int(p.Head.Seq)
		}
	}
	p.Title, p.NoIndex, p.Wide = c.t("audit.title"), true, true
	return c.show(status, p)
}

func compareAudit(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	p := &Audit{Typed: c.r.PostForm.Get("checkpoint")}
	_, err := c.deps.Registrar.Compare(c.ctx, c.actor, []byte(strings.TrimSpace(p.Typed)))
	switch record.KindOf(err) {
	case record.Invalid, record.Conflict:
		p.Error = sentence(record.MessageOf(err))
		return c.showAudit(p, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	p.Held = c.t("audit.holds")
	return c.showAudit(p, http.StatusOK)
}

func auditFile(c *call) error {
	h := c.w.Header()
	h.Set("Content-Disposition", `attachment; filename="audit.jsonl"`)
	h.Set("Content-Type", "application/jsonl")
	h.Set("Cache-Control", "private, no-store")
	return c.deps.Registrar.WriteAudit(c.ctx, c.actor, c.w)
}

func auditCheckpoint(c *call) error {
	head, err := c.deps.Registrar.CheckAudit(c.ctx, c.actor)
	if err != nil {
		return err
	}
	b, err := json.Marshal(head)
	if err != nil {
		return record.Wrap("web.auditCheckpoint", err)
	}
	return c.attachment("audit-checkpoint-"+strconv.FormatInt(head.Seq, 10)+".json", "application/json", append(b, '\n'))
}

func erasureList(c *call) error {
	all, err := c.deps.Registrar.Erasures(c.ctx, c.actor)
	if err != nil {
		return err
	}
	ids := []string{}
	for _, e := range all {
		ids = append(ids, string(e.Learner))
	}
	b, err := json.Marshal(ids)
	if err != nil {
		return record.Wrap("web.erasureList", err)
	}
	return c.attachment("erasures.json", "application/json", append(b, '\n'))
}

// eraseAgain takes a list of erasures after an older backup was restored.
func eraseAgain(c *call) error {
	files, err := c.uploads("file")
	if err != nil {
		return err
	}
	var ids []record.LearnerID
	if len(files) != 1 || ijson.Unmarshal(files[0].data, &ids) != nil {
		return c.showAudit(&Audit{Error: c.t("audit.not-a-list")}, http.StatusUnprocessableEntity)
	}
	n, err := c.deps.Registrar.EraseAgain(c.ctx, c.actor, ids, c.t("audit.erased-again"))
	if err != nil {
		return err
	}
	return c.showAudit(&Audit{Held: c.t("audit.erased", "Count", n)}, http.StatusOK)
}

func myDisclosures(c *call) error {
	g, err := c.deps.Learner.Given(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyDisclosures{Holds: holdRows(g.Holds, true), Given: c.givenRows(g.Disclosures)}
	p.Title, p.NoIndex = c.t("privacy.mine"), true
	return c.show(http.StatusOK, p)
}
