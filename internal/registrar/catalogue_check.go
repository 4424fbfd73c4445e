package registrar

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// Limits of what an achievement may say: far beyond what people write, far below what would make every record heavy, since
// each credential carries its achievement whole.
const (
	maxTitle       = 300    // characters of a name, code, field or value
	maxDescription = 20_000 // characters of a description or of criteria
	maxNote        = 2_000  // characters of a reviewer's note
	maxResults     = 40     // result descriptions
	maxScale       = 60     // allowed values or levels of one result
	maxTags        = 50
	maxAlignments  = 200
	maxLinks       = 200
	maxTexts       = 30 // languages
	maxURL         = 2_000
)

// languageCode is LanguageCode of Open Badges 3.0.
var languageCode = regexp.MustCompile(`^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)

// checkText refuses a text that is too short, too long, or holds what no text holds.
func checkText(op, what, s string, least, most int) error {
	if !utf8.ValidString(s) {
		return record.Errorf(record.Invalid, op, "%s is not text in UTF-8", what)
	}
	if n := utf8.RuneCountInString(s); n > most {
		return record.Errorf(record.Invalid, op, "%s has %d characters and may have %d; shorten it", what, n, most)
	}
	if utf8.RuneCountInString(strings.TrimSpace(s)) < least {
		return record.Errorf(record.Invalid, op, "%s is missing", what)
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' || r == unicode.ReplacementChar || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return record.Errorf(record.Invalid, op, "%s holds an invisible character (%U); type it anew", what, r)
		}
	}
	return nil
}

func checkURL(op, what, s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > maxURL || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return record.Errorf(record.Invalid, op, "%s must be a web address like https://example.edu/page", what)
	}
	return nil
}

// tidy takes away the spaces that forms bring along.
func (w *DefinitionWork) tidy() {
	b := &w.Body
	for _, s := range []*string{&b.Name, &b.Description, &b.Criteria.ID, &b.Criteria.Narrative, &b.HumanCode, &b.FieldOfStudy, &b.Specialization, &b.InLanguage, &b.Version} {
		*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	}
	for n := range w.Texts {
		t := &w.Texts[n]
		for _, s := range []*string{&t.Lang, &t.Name, &t.Description, &t.Criteria} {
			*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
		}
	}
}

// check refuses what could never be right, finished or not.
func (w *DefinitionWork) check(op string, i *record.Institution) error {
	b := &w.Body
	for _, f := range []struct {
		what, text  string
		least, most int
	}{
		{"the name", b.Name, 1, maxTitle}, {"the code", b.HumanCode, 0, maxTitle}, {"the field of study", b.FieldOfStudy, 0, maxTitle},
		{"the specialization", b.Specialization, 0, maxTitle}, {"the version", b.Version, 0, maxTitle},
		{"the description", b.Description, 0, maxDescription}, {"the criteria", b.Criteria.Narrative, 0, maxDescription},
	} {
		if err := checkText(op, f.what, f.text, f.least, f.most); err != nil {
			return err
		}
	}
	if t := b.AchievementType; !slices.Contains(ob.AchievementTypes(), t) && !ob.IsExtensionTerm(string(t)) {
		return record.Errorf(record.Invalid, op, "%q is not a type of achievement; choose one of the list, or write your own as ext: and letters, like ext:Hackathon", t)
	}
	if err := checkURL(op, "the page with the criteria", b.Criteria.ID); err != nil {
		return err
	}
	if b.InLanguage != "" && !languageCode.MatchString(b.InLanguage) {
		return record.Errorf(record.Invalid, op, "%q is not a language code; write it like en, fr or es-MX", b.InLanguage)
	}
	if c := b.CreditsAvailable; c != nil && !(*c >= 0 && *c <= 100_000) {
		return record.Errorf(record.Invalid, op, "credits must be a number from 0 to 100,000")
	}
	if len(b.Tag) > maxTags || len(b.Alignment) > maxAlignments || len(b.ResultDescription) > maxResults {
		return record.Errorf(record.Invalid, op, "at most %d tags, %d alignments and %d results", maxTags, maxAlignments, maxResults)
	}
	for _, t := range b.Tag {
		if err := checkText(op, "a tag", t, 1, maxTitle); err != nil {
			return err
		}
	}
	if err := checkAlignments(op, b.Alignment); err != nil {
		return err
	}
	if img := b.Image; img != nil && !strings.HasPrefix(img.ID, i.Root()+"/pictures/") {
		if err := checkURL(op, "the image", img.ID); err != nil {
			return err
		}
	}
	for n := range b.ResultDescription {
		if err := checkResult(op, &b.ResultDescription[n]); err != nil {
			return err
		}
	}
	return w.checkTexts(op)
}

func (w *DefinitionWork) checkTexts(op string) error {
	if len(w.Texts) > maxTexts {
		return record.Errorf(record.Invalid, op, "at most %d languages", maxTexts)
	}
	seen := map[string]bool{}
	for _, t := range w.Texts {
		if !languageCode.MatchString(t.Lang) {
			return record.Errorf(record.Invalid, op, "%q is not a language code; write it like en, fr or es-MX", t.Lang)
		}
		if t.Lang == w.Body.InLanguage || seen[t.Lang] {
			return record.Errorf(record.Invalid, op, "the language %s is there twice", t.Lang)
		}
		seen[t.Lang] = true
		if err := checkText(op, "the name in "+t.Lang, t.Name, 1, maxTitle); err != nil {
			return err
		}
		for what, text := range map[string]string{"the description in " + t.Lang: t.Description, "the criteria in " + t.Lang: t.Criteria} {
			if err := checkText(op, what, text, 0, maxDescription); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkAlignments(op string, list []ob.Alignment) error {
	for _, a := range list {
		if err := checkText(op, "the name of an alignment", a.TargetName, 1, maxDescription); err != nil {
			return err
		}
		u, err := url.Parse(a.TargetURL)
		if err != nil || u.Scheme == "" || len(a.TargetURL) > maxURL || strings.EqualFold(u.Scheme, "javascript") || strings.EqualFold(u.Scheme, "data") {
			return record.Errorf(record.Invalid, op, "the alignment %q needs the address of what it points at", a.TargetName)
		}
		if a.TargetType != "" && !slices.Contains(ob.AlignmentTargetTypes, a.TargetType) && !ob.IsExtensionTerm(string(a.TargetType)) {
			return record.Errorf(record.Invalid, op, "%q is not a type of alignment", a.TargetType)
		}
	}
	return nil
}

// checkResult holds a result description to its own scale.
func checkResult(op string, r *ob.ResultDescription) error {
	if err := checkText(op, "the name of a result", r.Name, 1, maxTitle); err != nil {
		return err
	}
	say := func(format string, args ...any) error {
		return record.Errorf(record.Invalid, op, "the result %q: %s", r.Name, fmt.Sprintf(format, args...))
	}
	if !slices.Contains(ob.ResultTypes, r.ResultType) && !ob.IsExtensionTerm(string(r.ResultType)) {
		return say("%q is not a type of result", r.ResultType)
	}
	if len(r.AllowedValue) > maxScale || len(r.RubricCriterionLevel) > maxScale {
		return say("at most %d values or levels", maxScale)
	}
	for n, v := range r.AllowedValue {
		if err := checkText(op, "a value of the result "+r.Name, v, 1, maxTitle); err != nil {
			return err
		}
		if slices.Contains(r.AllowedValue[:n], v) {
			return say("the value %q is there twice", v)
		}
	}
	low, lowOK, err := bound(r.ValueMin)
	if err != nil {
		return say("the least value %q is not a number", r.ValueMin)
	}
	high, highOK, err := bound(r.ValueMax)
	if err != nil {
		return say("the greatest value %q is not a number", r.ValueMax)
	}
	if lowOK && highOK && low > high {
		return say("the least value %s is above the greatest %s", r.ValueMin, r.ValueMax)
	}
	if v := r.RequiredValue; v != "" {
		f, err := strconv.ParseFloat(v, 64)
		switch {
		case len(r.AllowedValue) > 0 && !slices.Contains(r.AllowedValue, v):
			return say("the value that is needed, %q, is not among the allowed ones", v)
		case len(r.AllowedValue) == 0 && (lowOK || highOK) && (err != nil || lowOK && f < low || highOK && f > high):
			return say("the value that is needed, %q, is not between the least and the greatest", v)
		}
	}
	for _, l := range r.RubricCriterionLevel {
		if err := checkText(op, "a level of the result "+r.Name, l.Name, 1, maxTitle); err != nil {
			return err
		}
		if err := checkText(op, "the description of the level "+l.Name, l.Description, 0, maxDescription); err != nil {
			return err
		}
		if _, _, err := bound(l.Points); err != nil {
			return say("the points of the level %q are not a number", l.Name)
		}
	}
	if _, ok := r.Level(r.RequiredLevel); r.RequiredLevel != "" && !ok {
		return say("the level that is needed is not among its levels")
	}
	if (r.ResultType == ob.ResultRubricCriterionLevel || r.ResultType == ob.ResultRubricCriterion) && len(r.RubricCriterionLevel) == 0 {
		return say("a rubric needs levels")
	}
	return checkAlignments(op, r.Alignment)
}

func bound(s string) (value float64, ok bool, err error) {
	if s == "" {
		return 0, false, nil
	}
	value, err = strconv.ParseFloat(s, 64)
	if err == nil && (value != value || value > 1e15 || value < -1e15) {
		err = strconv.ErrRange
	}
	return value, err == nil, err
}

// complete refuses what is not finished: an achievement goes to review when it says what it is and how it is earned.
func (w *DefinitionWork) complete(op string, i *record.Institution) error {
	if err := w.check(op, i); err != nil {
		return err
	}
	if w.Body.Description == "" {
		return record.Errorf(record.Invalid, op, "the description is missing: say in a sentence what it is")
	}
	if w.Body.Criteria.Narrative == "" && w.Body.Criteria.ID == "" {
		return record.Errorf(record.Invalid, op, "the criteria are missing: say how it is earned, or name the page that does")
	}
	for _, t := range w.Texts {
		if t.Description == "" {
			return record.Errorf(record.Invalid, op, "the description in %s is missing", t.Lang)
		}
	}
	return nil
}

// mintResults gives every new result and level an id below the achievement's. Ids that are there stay: what was issued
// points at them. The first of a type is called by the type, as the importer of sheets calls it.
func mintResults(b *ob.Achievement) {
	used := map[string]bool{}
	for _, r := range b.ResultDescription {
		used[r.ID] = true
	}
	for n := range b.ResultDescription {
		r := &b.ResultDescription[n]
		r.Type = []string{"ResultDescription"}
		if r.ID == "" {
			if r.ID = b.ID + "#" + strings.ToLower(string(r.ResultType)); used[r.ID] {
				r.ID = b.ID + "#result-" + record.NewID()[:8]
			}
			used[r.ID] = true
		}
		for m := range r.RubricCriterionLevel {
			l := &r.RubricCriterionLevel[m]
			l.Type = []string{"RubricCriterionLevel"}
			if l.ID == "" {
				l.ID = b.ID + "#level-" + record.NewID()[:8]
			}
		}
	}
}

// checkLinks refuses relations that are no word of the standard, that point nowhere, at the achievement itself, or round in
// a circle.
func (d *Desk) checkLinks(ctx context.Context, tx *store.Tx, op string, def *record.Definition, links []record.Link) error {
	if len(links) > maxLinks {
		return record.Errorf(record.Invalid, op, "at most %d relations", maxLinks)
	}
	all, err := tx.Associations(ctx, def.Institution)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a record.Association) bool { return a.Source == def.IRI })
	for n, l := range links {
		if !slices.Contains(clr.AssociationTypes, clr.AssociationType(l.Type)) {
			return record.Errorf(record.Invalid, op, "%q is not a relation that CLR 2.0 has a word for", l.Type)
		}
		if l.Target == def.IRI {
			return record.Errorf(record.Invalid, op, "an achievement cannot be related to itself")
		}
		if slices.Contains(links[:n], l) {
			return record.Errorf(record.Invalid, op, "the relation %s is there twice", l.Type)
		}
		if a, err := optional(tx.AchievementByIRI(ctx, def.Institution, l.Target)); err != nil {
			return err
		} else if a == nil {
			return record.Errorf(record.Invalid, op, "the achievement at the other end of %s is not approved; approve it first", l.Type)
		}
		all = append(all, record.Association{Type: l.Type, Source: def.IRI, Target: l.Target})
	}
	for _, way := range []func(record.Association) (from, to string, ok bool){partOf, ordered("precedes"), ordered("replacedBy")} {
		if ring := circle(def.IRI, all, way); ring != nil {
			return record.Errorf(record.Invalid, op, "these relations run in a circle: %s", strings.Join(d.namesOf(ctx, tx, def, ring), " → "))
		}
	}
	return nil
}

// partOf reads a relation as part and whole.
func partOf(a record.Association) (part, whole string, ok bool) {
	switch clr.AssociationType(a.Type) {
	case clr.IsChildOf, clr.IsPartOf:
		return a.Source, a.Target, true
	case clr.IsParentOf:
		return a.Target, a.Source, true
	}
	return "", "", false
}

func ordered(word string) func(record.Association) (string, string, bool) {
	return func(a record.Association) (string, string, bool) { return a.Source, a.Target, a.Type == word }
}

// circle finds a way from a node back to itself, nil where there is none.
func circle(start string, all []record.Association, way func(record.Association) (from, to string, ok bool)) []string {
	next := map[string][]string{}
	for _, a := range all {
		if from, to, ok := way(a); ok {
			next[from] = append(next[from], to)
		}
	}
	came := map[string]string{}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, to := range next[queue[0]] {
			if to == start {
				ring := []string{start}
				for at := queue[0]; at != start; at = came[at] {
					ring = append(ring, at)
				}
				slices.Reverse(ring)
				return append([]string{start}, ring...)
			}
			if _, seen := came[to]; !seen {
				came[to] = queue[0]
				queue = append(queue, to)
			}
		}
	}
	return nil
}

// namesOf names achievements for a message.
func (d *Desk) namesOf(ctx context.Context, tx *store.Tx, def *record.Definition, iris []string) []string {
	out := make([]string, len(iris))
	for n, iri := range iris {
		out[n] = iri
		if iri == def.IRI {
			out[n] = "this achievement"
		} else if a, err := tx.AchievementByIRI(ctx, def.Institution, iri); err == nil {
			out[n] = "“" + a.Name + "”"
		}
	}
	return out
}

// CompareDefinitions names the members in which two texts of an achievement differ.
func CompareDefinitions(before, after *ob.Achievement) []Change {
	var out []Change
	say := func(member, b, a string) {
		if b != a {
			out = append(out, Change{member, b, a})
		}
	}
	say("name", before.Name, after.Name)
	say("type", string(before.AchievementType), string(after.AchievementType))
	say("code", before.HumanCode, after.HumanCode)
	say("description", before.Description, after.Description)
	say("criteria", before.Criteria.Narrative, after.Criteria.Narrative)
	say("criteria page", before.Criteria.ID, after.Criteria.ID)
	say("field of study", before.FieldOfStudy, after.FieldOfStudy)
	say("specialization", before.Specialization, after.Specialization)
	say("credits", number(before.CreditsAvailable), number(after.CreditsAvailable))
	say("language", before.InLanguage, after.InLanguage)
	if after.Version != "" {
		say("version", before.Version, after.Version)
	}
	say("tags", strings.Join(before.Tag, ", "), strings.Join(after.Tag, ", "))
	say("image", imageOf(before), imageOf(after))
	say("results", resultsOf(before), resultsOf(after))
	say("alignments", alignmentsOf(before), alignmentsOf(after))
	return out
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func imageOf(a *ob.Achievement) string {
	if a.Image == nil {
		return ""
	}
	return a.Image.ID
}

func resultsOf(a *ob.Achievement) string {
	var words []string
	for _, r := range a.ResultDescription {
		w := r.Name + " (" + string(r.ResultType) + "; " + strings.Join(r.AllowedValue, ", ") + "; " + r.ValueMin + "–" + r.ValueMax + "; " + r.RequiredValue + ")"
		for _, l := range r.RubricCriterionLevel {
			w += " / " + l.Name + " " + l.Points + " " + l.Description
		}
		words = append(words, w)
	}
	return strings.Join(words, "\n")
}

func alignmentsOf(a *ob.Achievement) string {
	var words []string
	for _, l := range a.Alignment {
		words = append(words, l.TargetName+" "+l.TargetURL)
	}
	return strings.Join(words, "\n")
}
