package roster

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

// eduAPITypes maps the collections of an Edu-API file to what they are in the catalogue.
var eduAPITypes = []struct {
	collection string
	typ        ob.AchievementType
}{{"collectionTemplates", "LearningProgram"}, {"courseTemplates", "Course"}, {"componentTemplates", "Course"}}

func suitsEduAPI(files []File) bool {
	for _, f := range files {
		head := f.Data[:min(len(f.Data), 16<<10)]
		if !bytes.Contains(head, []byte("sourcedId")) || !bytes.Contains(head, []byte("recordLanguage")) {
			return false
		}
	}
	return len(files) > 0
}

// eduAPI reads Edu-API 1.0 documents (users' guide, section 4.5): the catalogue and the people. Version 1.0 has neither
// grades nor results, so that there is never an award.
type eduAPI struct {
	*builder
	parents map[string][]string // key → sourcedIds of what it is part of
}

func readEduAPI(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &eduAPI{builder: newBuilder(opts), parents: map[string][]string{}}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := parseJSON(f)
		if err != nil {
			return nil, err
		}
		for i, v := range root.Get("persons").Each() {
			r.person(place{f.Name, i + 1}, v)
		}
		for _, t := range eduAPITypes {
			for i, v := range root.Get(t.collection).Each() {
				r.template(place{f.Name, i + 1}, t.typ, v)
			}
		}
	}
	if len(r.table.Learners)+len(r.table.Achievements) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has none of persons, collectionTemplates, courseTemplates and componentTemplates", files[0].Name)
	}
	for _, a := range r.table.Achievements {
		for _, parent := range r.parents[a.Key] {
			if _, ok := r.achievements["eduapi/"+parent]; ok {
				r.relate("isPartOf", a.Key, "eduapi/"+parent, place{a.File, a.Row})
			} else {
				r.say(place{a.File, a.Row}, "parent", SeverityWarning, "unknown_achievement", parent, "", "%s is not in the file; the relation is left out.", parent)
			}
		}
	}
	r.table.Rows = len(r.table.Learners) + len(r.table.Achievements)
	r.say(place{file: files[0].Name}, "", SeverityInfo, "no_results", "", "", "Edu-API 1.0 has no results: people and catalogue are read. Bring results as CSV or from a OneRoster gradebook.")
	return r.table, nil
}

// inLanguage reads a LanguageTypedString or a list of them: the text in the record's language, else the first.
func inLanguage(v ijson.Value, language string) (text, tag string) {
	if v.IsString() {
		return v.Text(), ""
	}
	if v.Kind() == ijson.Object {
		return cmp.Or(v.Get("value").Text(), v.Get("string").Text(), v.Get("text").Text()), cmp.Or(v.Get("language").Text(), v.Get("lang").Text())
	}
	for e := range v.Elements() {
		t, l := inLanguage(e, language)
		if text == "" || l != "" && l == language {
			text, tag = t, l
		}
	}
	return text, tag
}

// codeOf reads an IdentifierEntry.
func codeOf(v ijson.Value) string {
	return cmp.Or(v.Get("identifier").Text(), v.Get("value").Text(), v.Text())
}

func (r *eduAPI) person(at place, v ijson.Value) {
	for _, secret := range []string{"dateOfBirth", "placeOfBirth", "countryOfBirth", "gender", "isDeceased", "dateOfDeath", "primaryAddress", "primaryPhone"} {
		if v.Has(secret) {
			r.drop("persons/" + secret)
		}
	}
	if v.Get("recordStatus").Text() == "deleted" {
		return
	}
	id, legal := v.Get("sourcedId").Text(), v.Get("legalName")
	name := record.Name{Given: cmp.Or(legal.Get("givenName").Text(), legal.Get("given").Text()), Family: cmp.Or(legal.Get("familyName").Text(), legal.Get("family").Text())}
	name.Display = cmp.Or(v.Get("formattedName").Text(), legal.Get("formattedName").Text(), strings.TrimSpace(name.Given+" "+name.Family))
	if id == "" || name.Display == "" {
		r.say(at, "legalName", SeverityError, "required_missing", "", "", "a person needs a sourcedId and a name.")
		r.reject(at.row)
		return
	}
	l := Learner{Key: id, Name: name, File: at.file, Row: at.row, Identifiers: []record.Identifier{{Type: "sourcedId", Value: id}}}
	if e := v.Get("primaryEmail"); e.IsValid() {
		l.Email = cmp.Or(e.Get("email").Text(), e.Get("value").Text(), e.Text())
		if !email.MatchString(l.Email) {
			l.Email = ""
		}
	}
	for e := range v.Get("otherIdentifiers").Elements() {
		kind := strings.ToLower(cmp.Or(e.Get("identifierType").Text(), e.Get("type").Text()))
		if slices.Contains(sensitive, kind) || strings.Contains(kind, "national") || strings.Contains(kind, "socialsecurity") {
			r.drop("persons/otherIdentifiers/" + kind)
			continue
		}
		l.Identifiers = append(l.Identifiers, record.Identifier{Type: "systemId", Value: codeOf(e)})
	}
	r.learner(l)
}

func (r *eduAPI) template(at place, typ ob.AchievementType, v ijson.Value) {
	id, language := v.Get("sourcedId").Text(), v.Get("recordLanguage").Text()
	if v.Get("recordStatus").Text() == "deleted" {
		return
	}
	title, tag := inLanguage(v.Get("title"), language)
	if id == "" || title == "" {
		r.say(at, "title", SeverityError, "required_missing", "", "", "a template needs a sourcedId and a title.")
		r.reject(at.row)
		return
	}
	a := ob.Achievement{Name: title, AchievementType: typ, HumanCode: codeOf(v.Get("primaryCode")), InLanguage: cmp.Or(v.Get("teachingLanguage").Text(), tag),
		CreditsAvailable: credits(numberText(v.Get("creditsAwarded"))), Specialization: v.Get("level").Text()}
	a.Description, _ = inLanguage(v.Get("description"), language)
	for c := range v.Get("otherCodes").Elements() {
		a.OtherIdentifier = append(a.OtherIdentifier, ob.IdentifierEntry{Type: "IdentifierEntry", Identifier: codeOf(c), IdentifierType: ob.IdentifierGeneric})
	}
	if scheme, _ := inLanguage(v.Get("gradingScheme"), language); scheme != "" {
		a.ResultDescription = append(a.ResultDescription, ob.ResultDescription{ID: "#grade", Name: scheme, ResultType: ob.ResultLetterGrade})
	}
	key := "eduapi/" + id
	r.achievement(key, at, a)
	switch parent := v.Get("parent"); parent.Kind() {
	case ijson.String:
		r.parents[key] = append(r.parents[key], parent.Text())
	case ijson.Array:
		for p := range parent.Elements() {
			r.parents[key] = append(r.parents[key], p.Text())
		}
	}
}
