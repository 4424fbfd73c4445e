package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// EditShare is one link: its words, its end, its passcode, the order of its items, and when it was opened.
type EditShare struct {
	Shell
	ID, Error                   string
	Version                     int64
	State                       string
	Label, Audience, Note, Date string
	Passcode, Whole, Download   bool
	Items                       []SharePlace
	Saved                       []Field // what another window saved meanwhile, beside what was typed here
	Opened                      int
	Openings                    []Opening
	Newer, Older                string // addresses of more openings
}

// SharePlace is one item of a link in its place.
type SharePlace struct {
	Position, Place int
	Name            string
	Stated          bool
	LeftOut         string
}

// LeftOut says what of an item a reader does not see.
type LeftOut struct{ Name, Parts string }

// openingsPage is how many openings a page lists: as many as the desk gives at once.
const openingsPage = 50

// shareChoices lists all that can be shared, with what was already said.
func (c *call) shareChoices(p *NewShare, mine *learner.MyRecord, said *learner.ShareRequest) {
	choice := func(ref string, parts []string, s ShareChoice) ShareChoice {
		s.Ref, s.Chosen = ref, slices.Contains(said.Items, ref)
		for _, part := range parts {
			s.Parts = append(s.Parts, Choice{Value: part + " " + ref, Label: c.t("leave-out." + part), Chosen: slices.Contains(said.LeaveOut, learner.LeftOut{Ref: ref, Part: part})})
		}
		return s
	}
	for n := range mine.Items {
		i := &mine.Items[n]
		if mine.Answers.Hidden(i.URI) {
			continue
		}
		p.Items = append(p.Items, choice(i.Ref, i.Parts, ShareChoice{Name: i.Name, Code: i.Code, Type: i.Type, Result: i.Result, Date: render.ParseDate(i.AwardedOn), Mark: markOfItem(i)}))
	}
	for n := range mine.Kept {
		if k := &mine.Kept[n]; k.Person != "other" {
			p.Kept = append(p.Kept, choice("kept/"+string(k.ID), k.Parts, ShareChoice{Name: k.Name, Type: k.IssuerName, Date: render.Date{Time: k.ValidFrom}, Mark: render.MarkOf(k.Report)}))
		}
	}
	for n := range mine.Stated {
		s := &mine.Stated[n]
		p.Stated = append(p.Stated, choice("stated/"+string(s.ID), nil, ShareChoice{Name: s.Body.Name, Type: s.Body.Type, Date: render.ParseDate(s.Body.End), Mark: render.Stated}))
	}
	for _, all := range [][]ShareChoice{p.Items, p.Kept, p.Stated} {
		inOrder(all, said.Items)
	}
}

// inOrder puts what is chosen first, in the order in which it was said.
func inOrder(all []ShareChoice, said []string) {
	slices.SortStableFunc(all, func(a, b ShareChoice) int {
		x, y := slices.Index(said, a.Ref), slices.Index(said, b.Ref)
		if x < 0 || y < 0 {
			return cmp.Compare(y, x) // at most one is chosen: that one first
		}
		return cmp.Compare(x, y)
	})
}

// leftOut reads the form's "part ref" fields.
func leftOut(fields []string) []learner.LeftOut {
	var out []learner.LeftOut
	for _, f := range fields {
		if part, ref, ok := strings.Cut(f, " "); ok {
			out = append(out, learner.LeftOut{Ref: ref, Part: part})
		}
	}
	return out
}

// leftOutWords names the parts that were left out.
func (c *call) leftOutWords(parts []string) string {
	var words []string
	for _, p := range parts {
		words = append(words, c.t("left-out."+p))
	}
	return strings.Join(words, c.t("list.comma"))
}

func (c *call) leftOutOf(shown []learner.ShownItem) []LeftOut {
	var out []LeftOut
	for i := range shown {
		if parts := shown[i].LeftOut; len(parts) > 0 {
			out = append(out, LeftOut{Name: shown[i].Name, Parts: c.leftOutWords(parts)})
		}
	}
	return out
}

// shownRecord lays out exactly what the reader will see.
func (c *call) shownRecord(mine *learner.MyRecord, shown []learner.ShownItem) *render.Record {
	docs := make([]render.Document, len(shown))
	for i := range shown {
		docs[i] = render.Document{JSON: shown[i].Bytes, Report: shown[i].Report, Said: shown[i].Said}
		if r := shown[i].Report; r != nil && len(r.Credential) > 0 {
			docs[i].JSON = r.Credential
		}
	}
	rec := render.NewRecord(docs, &render.Options{Lang: c.words.Lang, Binding: "email"})
	rec.Learner.Name = mine.Learner.Name.Display
	return rec
}

func editShareForm(c *call) error {
	skip, _ := strconv.Atoi(c.r.URL.Query().Get("from")) // whatever is no number begins at the newest
	s, err := c.deps.Learner.ShareOf(c.ctx, c.actor, record.ShareID(c.r.PathValue("id")), skip)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, c.editShare(s, max(skip, 0)))
}

func (c *call) editShare(s *learner.ShareView, skip int) *EditShare {
	p := &EditShare{ID: string(s.ID), Version: s.Version, State: s.State, Label: s.Label, Audience: s.Audience, Note: s.Note, Passcode: s.HasPasscode, Whole: s.Whole, Download: s.AllowDownload, Opened: s.Share.Openings}
	if !s.ExpiresAt.IsZero() {
		p.Date = s.ExpiresAt.AddDate(0, 0, -1).Format(time.DateOnly) // the last day on which it opens
	}
	for n, i := range s.Items {
		p.Items = append(p.Items, SharePlace{Position: i.Position, Place: n + 1, Name: i.Name, Stated: i.Origin == record.OriginStated, LeftOut: c.leftOutWords(i.LeftOut)})
	}
	for _, o := range s.Openings {
		p.Openings = append(p.Openings, Opening{At: render.Date{Time: o.At}, Act: o.Act})
	}
	at := "/my/shares/" + p.ID + "?from="
	if skip > 0 {
		p.Newer = at + strconv.Itoa(max(0, skip-openingsPage))
	}
	if next := skip + len(s.Openings); len(s.Openings) > 0 && next < s.Share.Openings {
		p.Older = at + strconv.Itoa(next)
	}
	p.Title, p.NoIndex = c.t("edit-share.title"), true
	return p
}

func editShare(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f, id := c.r.PostForm, record.ShareID(c.r.PathValue("id"))
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64) // none is the version of nothing, a conflict
	ch := learner.ShareChange{Label: strings.TrimSpace(f.Get("label")), Audience: strings.TrimSpace(f.Get("audience")), Note: strings.TrimSpace(f.Get("note")),
		AllowDownload: f.Get("download") != "", Passcode: f.Get("passcode"), NoPasscode: f.Get("no-passcode") != ""}
	var err error
	if ch.Order, err = c.orderOf(f["position"], f["place"]); err == nil {
		err = c.until(f.Get("date"), &ch)
	}
	if err == nil {
		err = c.deps.Learner.ChangeShare(c.ctx, c.actor, id, version, ch)
	}
	if err == nil {
		return c.go303("/my/shares?done=share-changed")
	}
	if k := record.KindOf(err); k != record.Invalid && k != record.Conflict {
		return err
	}
	s, viewErr := c.deps.Learner.ShareOf(c.ctx, c.actor, id, 0)
	if viewErr != nil {
		return viewErr
	}
	status := http.StatusUnprocessableEntity
	if record.KindOf(err) == record.Conflict {
		status = http.StatusConflict
	}
	return c.show(status, c.typed(c.editShare(s, 0), &ch, err))
}

// typed puts back what was typed, and beside it what another window saved, so that the next save is a choice.
func (c *call) typed(p *EditShare, ch *learner.ShareChange, err error) *EditShare {
	p.Error = c.says(err)
	if record.CodeOf(err) == "changed-elsewhere" {
		p.Error = c.t("edit-share.elsewhere")
		for _, f := range []Field{{c.t("edit-share.label"), p.Label}, {c.t("new-share.audience"), p.Audience}, {c.t("new-share.note"), p.Note}, {c.t("edit-share.date"), p.Date}} {
			if f.Value != "" {
				p.Saved = append(p.Saved, f)
			}
		}
	}
	p.Label, p.Audience, p.Note, p.Download, p.Date = ch.Label, ch.Audience, ch.Note, ch.AllowDownload, c.r.PostForm.Get("date")
	for n := range p.Items {
		if at := slices.Index(ch.Order, p.Items[n].Position); at >= 0 {
			p.Items[n].Place = at + 1
		}
	}
	slices.SortStableFunc(p.Items, func(a, b SharePlace) int { return a.Place - b.Place })
	return p
}

// until reads the last day on which a link opens; none: until it is stopped.
func (c *call) until(date string, ch *learner.ShareChange) error {
	if date == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil || day.Before(c.now().Truncate(24*time.Hour)) {
		return record.Errorf(record.Invalid, "web.editShare", "%s", c.t("new-share.bad-date"))
	}
	ch.ExpiresAt = day.AddDate(0, 0, 1)
	return nil
}

// orderOf sorts positions by the places that were typed beside them; nil when the form has none. Two at one place keep the
// order in which they were.
func (c *call) orderOf(positions, places []string) ([]int, error) {
	type at struct{ position, place int }
	var all []at
	for n, p := range positions {
		position, err := strconv.Atoi(p)
		if err != nil {
			position = -1 // which no share has: the desk refuses it
		}
		place := n + 1
		if n < len(places) {
			if place, err = strconv.Atoi(strings.TrimSpace(places[n])); err != nil || place < 1 || place > len(positions) {
				return nil, record.Errorf(record.Invalid, "web.editShare", "%s", c.t("edit-share.bad-place", "Count", len(positions)))
			}
		}
		all = append(all, at{position, place})
	}
	slices.SortStableFunc(all, func(a, b at) int { return a.place - b.place })
	var out []int
	for _, a := range all {
		out = append(out, a.position)
	}
	return out, nil
}
