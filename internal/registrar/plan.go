package registrar

import (
	"context"
	"slices"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// plan is what an import would change, worked out against one state of the database. Preview shows it, commit writes
// it; both work it out the same way, commit inside its own transaction.
type plan struct {
	table  *roster.Table
	source string

	learners     []learnerPlan
	achievements []achievementPlan
	associations []record.Association
	rows         []rowPlan
	vanished     []*store.AwardRow
	counts       record.Counts
	findings     []record.Finding
}

type learnerPlan struct {
	from    *roster.Learner
	held    *record.Learner // nil: new
	changed bool
}

type achievementPlan struct {
	from    *roster.Achievement
	body    []byte
	hash    string
	held    *record.Achievement // nil: new
	changed bool
	byHand  *ob.Achievement // what the office wrote itself and the file does not change
	file    *ob.Achievement // what the file said, where from was joined with what is held
	asks    string          // which of several entries is meant is not clear; nothing of it is written
}

type rowPlan struct {
	from    *roster.Award
	key     string // source and source key
	hash    string
	state   RowState
	waiting *record.Award // draft or approved
	inForce *record.Award // issued
	newest  int64         // newest revision, 0: none
	changes []Change
	learner *learnerPlan
	about   *achievementPlan
}

// sourceKey is an award's key in the database: keys of two source systems do not meet.
func sourceKey(source, key string) string { return source + "\x1f" + key }

// readFiles reads the upload into the neutral table.
func readFiles(ctx context.Context, i *record.Institution, req *ImportRequest) (*roster.Table, string, error) {
	table, err := roster.Read(ctx, req.Format, req.Files, &roster.Options{
		IRI:         minter(i),
		Institution: i.Name,
		Mapping:     req.Mapping,
	})
	if err != nil {
		return nil, "", err
	}
	source := req.Source
	if source == "" {
		source = table.Format
	}
	return table, source, nil
}

// minter makes the ids of achievements that have only a key in their file: the same key, the same id.
func minter(i *record.Institution) func(string) string {
	return func(key string) string {
		return i.AchievementURL(record.AchievementID(record.DerivedID(i.ID, "achievement", key)))
	}
}

// planImport compares a table with what the institution holds.
func planImport(ctx context.Context, tx *store.Tx, i *record.Institution, table *roster.Table, req *ImportRequest, source string) (*plan, error) {
	p := &plan{table: table, source: source, findings: slices.Clone(table.Findings)}
	learners, err := p.planLearners(ctx, tx, i)
	if err != nil {
		return nil, err
	}
	about, err := p.planCatalogue(ctx, tx, i)
	if err != nil {
		return nil, err
	}
	for n := range table.Awards {
		from := &table.Awards[n]
		r := rowPlan{from: from, key: sourceKey(source, from.Key), learner: learners[from.Learner], about: about[from.Achievement]}
		if r.learner == nil || r.about == nil {
			p.findings = append(p.findings, record.Finding{File: from.File, Row: from.Row, Severity: roster.SeverityError, Code: "reference_missing",
				Say: "This row names a learner or an achievement that the file does not define; add it to the file."})
			p.counts.Rejected++
			continue
		}
		if r.about.asks != "" {
			p.findings = append(p.findings, record.Finding{File: from.File, Row: from.Row, Column: "achievement_code", Severity: roster.SeverityError, Code: "ambiguous_code", Found: r.about.from.Body.HumanCode, Say: r.about.asks})
			p.counts.Rejected++
			continue
		}
		if err := p.planRow(ctx, tx, i, &r); err != nil {
			return nil, err
		}
		p.rows = append(p.rows, r)
	}
	return p, p.finish(ctx, tx, i, req)
}

func (p *plan) planLearners(ctx context.Context, tx *store.Tx, i *record.Institution) (map[string]*learnerPlan, error) {
	p.learners = make([]learnerPlan, len(p.table.Learners))
	byKey := make(map[string]*learnerPlan, len(p.learners))
	for n := range p.table.Learners {
		from := &p.table.Learners[n]
		lp := &p.learners[n]
		lp.from = from
		held, err := tx.LearnerByKey(ctx, i.ID, from.Key)
		switch {
		case record.KindOf(err) == record.NotFound:
			p.counts.Learners++
		case err != nil:
			return nil, err
		default:
			lp.held, lp.changed = held, learnerDiffers(held, from)
		}
		byKey[from.Key] = lp
	}
	return byKey, nil
}

// learnerDiffers reports whether the file says something else about a person; what it leaves out is no difference.
func learnerDiffers(held *record.Learner, from *roster.Learner) bool {
	merged := *held
	mergeLearner(&merged, from)
	return hashOf([]any{merged.Name, merged.Email, merged.Identifiers, merged.Language, merged.Guardian}) !=
		hashOf([]any{held.Name, held.Email, held.Identifiers, held.Language, held.Guardian})
}

// mergeLearner takes over what the file says; what it leaves out stays as it was.
func mergeLearner(l *record.Learner, from *roster.Learner) {
	if from.Name.Display != "" && from.Name.Display != l.Name.Display {
		l.Name = from.Name
	}
	if from.Name.Given != "" || from.Name.Family != "" {
		l.Name.Given, l.Name.Family = from.Name.Given, from.Name.Family
	}
	if from.Email != "" {
		l.Email = from.Email
	}
	if from.Language != "" {
		l.Language = from.Language
	}
	l.Guardian = l.Guardian || from.Guardian != ""
	ids := slices.Clone(l.Identifiers)
	for _, id := range from.Identifiers {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	l.Identifiers = ids
}

func (p *plan) planCatalogue(ctx context.Context, tx *store.Tx, i *record.Institution) (map[string]*achievementPlan, error) {
	p.achievements = make([]achievementPlan, len(p.table.Achievements))
	byKey := make(map[string]*achievementPlan, len(p.achievements))
	kept, err := keptDefinitions(ctx, tx, i.ID)
	if err != nil {
		return nil, err
	}
	for n := range p.table.Achievements {
		from := &p.table.Achievements[n]
		ap := &p.achievements[n]
		ap.from = from
		body, err := ijson.Marshal(from.Body)
		if err != nil {
			return nil, record.Wrap("registrar.planCatalogue", err)
		}
		ap.body, ap.hash = body, record.Sum(body)
		held, err := tx.AchievementByKey(ctx, i.ID, from.Key)
		switch {
		case record.KindOf(err) == record.NotFound:
			if err := p.planByCode(ctx, tx, i, ap, kept); err != nil {
				return nil, err
			}
			if ap.asks == "" && (ap.held == nil || ap.changed) {
				p.counts.Catalogue++
			}
		case err != nil:
			return nil, err
		default:
			ap.held, ap.changed = held, held.Hash != ap.hash
			if by := kept[from.Key]; by != nil {
				if err := p.keepByHand(ap, by); err != nil {
					return nil, err
				}
			}
			if ap.changed {
				p.counts.Catalogue++
			}
		}
		byKey[from.Key] = ap
	}
	p.rejoinAwards(byKey)
	for _, a := range p.table.Associations {
		p.associations = append(p.associations, record.Association{Institution: i.ID, Type: a.Type, Source: a.Source, Target: a.Target})
	}
	return byKey, nil
}

// planRow decides what becomes of one award.
func (p *plan) planRow(ctx context.Context, tx *store.Tx, i *record.Institution, r *rowPlan) error {
	r.hash = hashOf([]any{r.from.Learner, r.from.Achievement, r.from.Detail})
	newest, err := tx.LatestAward(ctx, i.ID, r.key)
	if record.KindOf(err) == record.NotFound {
		r.state = RowNew
		return nil
	}
	if err != nil {
		return err
	}
	r.newest = newest.Revision
	if r.waiting, err = optional(tx.WaitingAward(ctx, i.ID, r.key)); err != nil {
		return err
	}
	if r.inForce, err = optional(tx.AwardInForce(ctx, i.ID, r.key)); err != nil {
		return err
	}
	switch {
	case r.waiting != nil && r.waiting.Hash == r.hash && !r.about.changed,
		r.waiting == nil && r.inForce != nil && r.inForce.Hash == r.hash,
		r.waiting == nil && r.inForce == nil && newest.State == record.AwardRevoked && newest.Hash == r.hash:
		r.state = RowUnchanged
	case r.waiting == nil && r.inForce == nil:
		r.state = RowNew
	default:
		r.state = RowChanged
		before := r.waiting
		if before == nil {
			before = r.inForce
		}
		r.changes = compare(&before.Detail, &r.from.Detail)
	}
	return nil
}

// optional turns NotFound into nil.
func optional[T any](v *T, err error) (*T, error) {
	if record.KindOf(err) == record.NotFound {
		return nil, nil
	}
	return v, err
}

// finish finds what vanished and counts.
func (p *plan) finish(ctx context.Context, tx *store.Tx, i *record.Institution, req *ImportRequest) error {
	name := ""
	if req.Source == "" {
		name = fileName(req.Files) // a source without a name is told by its file
	}
	var held []*store.AwardRow
	if !p.table.Partial && !req.part { // what only says what changed says nothing of the rest
		var err error
		if held, err = tx.AwardsOfSource(ctx, i.ID, p.source, name); err != nil {
			return err
		}
	}
	present := make(map[string]bool, len(p.rows))
	for n := range p.rows {
		present[p.rows[n].key] = true
		switch p.rows[n].state {
		case RowNew:
			p.counts.New++
		case RowChanged:
			p.counts.Changed++
		case RowUnchanged:
			p.counts.Unchanged++
		}
	}
	for _, row := range held {
		if !present[row.SourceKey] {
			present[row.SourceKey] = true // revisions of one award vanish once
			p.vanished = append(p.vanished, row)
		}
	}
	p.counts.Rows = p.table.Rows
	p.counts.Ready = p.counts.New + p.counts.Changed
	p.counts.Repeated = len(p.table.Repeated)
	p.counts.Rejected += len(p.table.Rejected)
	p.counts.Vanished = len(p.vanished)
	return nil
}

func fileName(files []File) string {
	if len(files) == 0 {
		return ""
	}
	if len(files) == 1 {
		return files[0].Name
	}
	names := make([]string, len(files))
	for n, f := range files {
		names[n] = f.Name
	}
	slices.Sort(names)
	return names[0] + " and " + formatInt(int64(len(names)-1)) + " more"
}

// preview lays the plan out for a person.
func (p *plan) preview(req *ImportRequest) *Preview {
	v := &Preview{Source: req.Source, Mapping: req.Mapping, Format: p.table.Format, FileName: fileName(req.Files), Counts: p.counts, Findings: p.findings, Unused: p.table.Unused}
	byRow := map[int][]record.Finding{}
	for _, f := range p.findings {
		byRow[f.Row] = append(byRow[f.Row], f)
	}
	add := func(r PreviewRow) {
		if len(v.Rows) == maxPreviewRows {
			v.More++
			return
		}
		v.Rows = append(v.Rows, r)
	}
	for _, row := range p.table.Rejected {
		add(PreviewRow{Row: row, State: RowRejected, Findings: byRow[row]})
	}
	for n := range p.rows {
		r := &p.rows[n]
		body := &r.about.from.Body
		add(PreviewRow{
			Row: r.from.Row, State: r.state, Learner: r.learner.from.Name.Display, LearnerKey: r.learner.from.Key,
			Achievement: body.Name, Type: string(body.AchievementType), Code: body.HumanCode, AwardedOn: r.from.Detail.AwardedOn,
			Term: r.from.Detail.Term, Credits: r.from.Detail.Credits, Result: resultWords(&r.from.Detail, body),
			Changes: r.changes, Findings: byRow[r.from.Row], Detail: r.from.Detail,
		})
	}
	for _, row := range p.table.Repeated {
		add(PreviewRow{Row: row, State: RowRepeated, Findings: byRow[row]})
	}
	for _, a := range p.vanished {
		add(PreviewRow{State: RowVanished, Learner: a.LearnerName.Display, Achievement: a.AchievementName, Type: a.AchievementType,
			Code: a.AchievementCode, AwardedOn: a.Detail.AwardedOn, Term: a.Detail.Term, Credits: a.Detail.Credits,
			Result: resultWords(&a.Detail, &ob.Achievement{}), Detail: a.Detail})
	}
	return v
}

// maxPreviewRows bounds what a preview shows one by one; the counts and findings are of all rows.
const maxPreviewRows = 500
