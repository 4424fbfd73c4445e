package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyChoices lists the choices from the record that a learner keeps under a name, to share them again.
type MyChoices struct {
	Shell
	Choices []KeptChoice
}

// KeptChoice is one of them.
type KeptChoice struct {
	ID, Name string
	Whole    bool
	Items    int
	Changed  render.Date
}

func myChoices(c *call) error {
	all, err := c.deps.Learner.Curations(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyChoices{}
	for _, k := range all {
		p.Choices = append(p.Choices, KeptChoice{ID: string(k.ID), Name: k.Name, Whole: k.Body.Whole, Items: len(k.Body.Items), Changed: render.Date{Time: k.UpdatedAt}})
	}
	p.Title, p.NoIndex = c.t("choice.title"), true
	return c.show(http.StatusOK, p)
}

// keepChoice keeps what the share form says under a name: over the kept choice that the form began with, or beside it.
func keepChoice(c *call) error {
	a, err := c.readShare()
	if err != nil {
		return err
	}
	id, version := record.CurationID(a.curation), a.version
	if c.r.URL.Query().Get("as") == "new" {
		id, version = "", 0
	}
	if a.problems == "" {
		_, err := c.deps.Learner.Curate(c.ctx, c.actor, id, version, a.name, a.request)
		switch k := record.KindOf(err); {
		case err == nil:
			return c.go303("/my/choices?done=saved")
		case k == record.Conflict:
			now, again := c.deps.Learner.Curation(c.ctx, c.actor, id)
			if again != nil {
				return again
			}
			a.problems, a.version = c.says(err), now.Version
			return c.shareForm(a, http.StatusConflict)
		case k != record.Invalid && k != record.TooLarge:
			return err
		}
		a.problems = c.says(err)
	}
	return c.shareForm(a, http.StatusUnprocessableEntity)
}

func dropChoice(c *call) error {
	if err := c.deps.Learner.DropCuration(c.ctx, c.actor, record.CurationID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/choices?done=dropped")
}
