package web

import (
	"net/http"
	"strings"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyItem is one line of the record on a page of its own: all that it says, what relates to it, and the learner's own note.
type MyItem struct {
	Shell
	Error     string
	Ref       string
	Share     string // as a share names it
	Line      render.Line
	Relations []ItemRelation
	Note      string
	NoteAt    int64
	Answer    string // kept, declined, ""
	Ours      bool   // issued by this house: it can be declined, and the office can be asked about it
}

// ItemRelation is one sentence about another line.
type ItemRelation struct {
	Kind string
	ItemLink
}

// MyNew lists what was issued and waits for an answer, and what was declined.
type MyNew struct {
	Shell
	Waiting, Declined []NewItem // of what waits, the newest
	Total, More       int
}

// NewItem is one of them.
type NewItem struct {
	Ref, Name, Type, Result string
	Date                    render.Date
	Mark                    render.Mark
}

var ownRoutes = []route{
	{"GET /my/map", learners, myMap, 0},
	{"GET /my/new", learners, myNew, 0},
	{"POST /my/new", learners, answerItems, 0},
	{"GET /my/items/{id}", learners, myItem, 0},
	{"POST /my/items/{id}", learners, noteItem, 0},
	{"GET /my/choices", learners, myChoices, 0},
	{"POST /my/choices", learners, keepChoice, 0},
	{"POST /my/choices/{id}/delete", learners, dropChoice, 0},
}

var ownPages = []page{&MyItem{}, &MyNew{}, &MyMap{}, &MyChoices{}, &MyAddresses{}, &ConfirmAddress{}, &Offline{}}

func myItem(c *call) error {
	p, _, err := c.item(c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, p)
}

// item finds one line of the record, and what its notes are about.
func (c *call) item(ref string) (p *MyItem, about string, err error) {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return nil, "", err
	}
	p = &MyItem{Ref: ref}
	rec := c.everything(mine)
	if rec == nil {
		return nil, "", record.Errorf(record.NotFound, "web.myItem", "")
	}
	hrefs := itemPages(rec, mine)
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for i := range g.Lines {
				if hrefs[g.Lines[i].Anchor] == "/my/items/"+ref {
					p.Line, about = g.Lines[i], g.Lines[i].ID
				}
			}
		}
	}
	if p.Line.Anchor == "" {
		return nil, "", record.Errorf(record.NotFound, "web.myItem", "")
	}
	if id, kept := strings.CutPrefix(ref, "kept."); kept {
		p.Share, about = "kept/"+id, "held/"+id // whoever issued it may have given it no address
	} else {
		p.Share, p.Ours, p.Answer = ref, true, string(mine.Answers[about])
	}
	for _, r := range p.Line.Relations {
		p.Relations = append(p.Relations, ItemRelation{r.Kind, ItemLink{r.Target.Name, hrefs[r.Target.Anchor]}})
	}
	p.Line.Relations = nil
	for _, n := range mine.Notes {
		if n.About == about {
			p.Note, p.NoteAt = n.Text, n.Version
		}
	}
	p.Title, p.NoIndex = p.Line.Name, true
	return p, about, nil
}

func noteItem(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	ref, f := c.r.PathValue("id"), c.r.PostForm
	p, about, err := c.item(ref)
	if err != nil {
		return err
	}
	err = c.deps.Learner.Reflect(c.ctx, c.actor, about, f.Get("note"), formInt(f, "note-at"))
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict {
		status := http.StatusUnprocessableEntity
		if k == record.Conflict { // what was typed stays; saved again, it takes the place of what the other window wrote
			status = http.StatusConflict
		}
		p.Error, p.Note = c.says(err), f.Get("note")
		return c.show(status, p)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/items/" + ref + "?done=saved")
}

func myNew(c *call) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	line := func(i *learner.Item) NewItem {
		return NewItem{Ref: i.Ref, Name: i.Name, Type: i.Type, Result: i.Result, Date: render.ParseDate(i.AwardedOn), Mark: markOfItem(i)}
	}
	p := &MyNew{}
	waiting := mine.Waiting()
	if p.Total = len(waiting); p.Total > pageLines {
		waiting, p.More = waiting[:pageLines], p.Total-pageLines
	}
	for _, i := range waiting {
		p.Waiting = append(p.Waiting, line(i))
	}
	for i := range mine.Items {
		if mine.Answers.Hidden(mine.Items[i].URI) {
			p.Declined = append(p.Declined, line(&mine.Items[i]))
		}
	}
	p.Title, p.NoIndex = c.t("new.title"), true
	return c.show(http.StatusOK, p)
}

// answerItems keeps or declines one thing, or keeps all that wait.
func answerItems(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	var refs []string
	if ref := c.r.PostForm.Get("item"); ref != "" {
		refs = []string{ref}
	}
	answer := record.ItemAnswer(c.r.PostForm.Get("answer"))
	if len(refs) == 0 && answer != record.ItemKept {
		return record.Errorf(record.Invalid, "web.answerItems", "choose what you decline")
	}
	if err := c.deps.Learner.AnswerItems(c.ctx, c.actor, refs, answer); err != nil {
		return err
	}
	return c.go303("/my/new?done=saved")
}
