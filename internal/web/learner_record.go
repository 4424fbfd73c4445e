package web

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyRecord is the learner's record. Record is nil until something was issued.
type MyRecord struct {
	Shell
	Browsed
	Record   *render.Record
	Contact  string // whom to write to about an error
	New      int    // items that wait for an answer
	Declined int
	Map      bool // something relates to something
}

// MyData is what a learner can take along.
type MyData struct {
	Shell
	Forms []Download
}

func myRecord(c *call) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyRecord{Record: c.everything(mine), Contact: mine.Institution.Profile.Email}
	p.At = "/my"
	if view := c.r.URL.Query().Get("view"); view == "time" || view == "skill" {
		p.View = view
	}
	c.browse(p, mine)
	p.Title, p.NoIndex = c.t("nav.record"), true
	return c.show(http.StatusOK, p)
}

// recordOf lays out the learner's current record, nil when nothing was issued yet.
func (c *call) recordOf(mine *learner.MyRecord) *render.Record {
	if mine.Credential == nil {
		return nil
	}
	refs := map[string]string{}
	for _, i := range mine.Items {
		refs[i.URI] = "/records/" + i.Ref + "?as=json"
	}
	doc := render.Document{JSON: mine.Credential.Bytes, Report: mine.Report}
	rec := render.NewRecord([]render.Document{doc}, &render.Options{Lang: c.words.Lang, Binding: "email", ItemHref: func(id string) string { return refs[id] }})
	if rec.Learner.Name == "" {
		rec.Learner.Name = mine.Learner.Name.Display
	}
	return rec
}

// everything is the record with what others issued and what the learner states, each line with its own state. What names
// somebody else is on the page where it was brought, and not here.
func (c *call) everything(mine *learner.MyRecord) *render.Record {
	var docs []render.Document
	if mine.Credential != nil {
		docs = append(docs, render.Document{JSON: mine.Credential.Bytes, Report: mine.Report})
	}
	for i := range mine.Kept {
		if k := &mine.Kept[i]; k.Person != "other" {
			docs = append(docs, render.Document{JSON: k.Report.Credential, Report: k.Report, Href: "/my/kept/" + string(k.ID)})
		}
	}
	for i := range mine.Stated {
		docs = append(docs, render.Document{JSON: mine.Stated[i].Document, Said: mine.Stated[i].Said})
	}
	if len(docs) <= 1 && mine.Credential != nil {
		return c.recordOf(mine)
	}
	if len(docs) == 0 {
		return nil
	}
	refs := map[string]string{}
	for _, i := range mine.Items {
		refs[i.URI] = "/records/" + i.Ref + "?as=json"
	}
	rec := render.NewRecord(docs, &render.Options{Lang: c.words.Lang, Binding: "email", ItemHref: func(id string) string { return refs[id] }})
	rec.Learner.Name = mine.Learner.Name.Display
	return rec
}

func myData(c *call) error {
	p := &MyData{Forms: []Download{
		{Label: c.t("data.json"), Hint: c.t("data.json-hint"), Href: "/my/data/record.json"},
		{Label: c.t("data.all"), Hint: c.t("data.all-hint"), Href: "/my/data/all.zip"},
	}}
	p.Forms = append(p.Forms, c.takeForms("/my/data/as/")...)
	p.Title, p.NoIndex = c.t("data.title"), true
	return c.show(http.StatusOK, p)
}

func myRecordFile(c *call) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	if mine.Credential == nil {
		return record.Errorf(record.NotFound, "web.myRecordFile", "")
	}
	return c.attachment(fileName(mine.Credential.Name)+".json", documentType(c.r, mine.Credential.Bytes), mine.Credential.Bytes)
}

func myExport(c *call) error {
	all, err := c.deps.Learner.Export(c.ctx, c.actor, &learner.ExportWords{Lang: c.words.Lang, Dir: c.words.Dir, Readme: c.t("zip.readme"), Title: c.t("my.title"), Lede: c.t("zip.lede"), Record: c.t("zip.record"), Own: c.t("zip.own")})
	if err != nil {
		return err
	}
	return c.attachment(all.FileName, all.ContentType, all.Bytes)
}
