package issue

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/schema"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/verify"
)

// Lint says what is wrong with a document before it is signed: its form, its model, its vocabulary, and what the
// standards' prose demands beyond their schemas. Findings whose outcome is Fails are refusals; the others are warnings.
func Lint(ctx context.Context, unsigned []byte, opts *Options) []verify.Finding {
	o := opts.withDefaults()
	d, err := vc.Parse(unsigned)
	if err != nil {
		var out findings
		out.add("issue.unreadable", "", strings.TrimPrefix(strings.TrimPrefix(err.Error(), "vc: "), "ijson: "))
		return out
	}
	l := linter{doc: d, root: d.Root(), opts: &o}
	l.model()
	l.form()
	l.vocabulary()
	l.plainJSON(l.root, "")
	switch d.Kind {
	case vc.KindAchievement:
		l.achievementCredential()
	case vc.KindCLR:
		l.record()
	case vc.KindCredential:
		l.class()
	}
	l.asVerifier(ctx, unsigned)
	return l.findings
}

type linter struct {
	doc  *vc.Document
	root ijson.Value
	opts *Options
	findings
}

func (l *linter) model() {
	for _, p := range l.doc.Check() {
		code := "issue.model"
		if p.Warning {
			code = "issue.tolerated-form"
		}
		l.add(code, p.Pointer, p.Message)
	}
}

func (l *linter) form() {
	class, ok := schema.ClassOf(l.root)
	if !ok {
		return
	}
	for _, p := range schema.Check(l.root, class) {
		switch {
		case l.said(p.Pointer):
		case !p.Warning:
			l.add("issue.form", p.Pointer, p.Message)
		case l.opts.jwt():
			l.add("issue.strict-form", p.Pointer, p.Message)
		default:
			l.add("issue.tolerated-form", p.Pointer, p.Message)
		}
	}
}

// class: a credential with the subject of a learner record must say that it is one, or nothing above applies to it.
func (l *linter) class() {
	for _, s := range l.doc.Subjects {
		for _, t := range vc.Strings(s.Get("type")) {
			if class := subjectClasses[t]; class != "" {
				l.add("issue.class", "/type", t, class)
			}
		}
	}
}

var subjectClasses = map[string]string{
	"ClrSubject": "ClrCredential", "AchievementSubject": "AchievementCredential", "EndorsementSubject": "EndorsementCredential",
}

// said tells whether something was found at the place already.
func (l *linter) said(pointer string) bool {
	return slices.ContainsFunc(l.findings, func(f verify.Finding) bool { return f.Pointer == pointer })
}

// saidBelow tells whether something was found inside the value at the place.
func (l *linter) saidBelow(pointer string) bool {
	return slices.ContainsFunc(l.findings, func(f verify.Finding) bool { return strings.HasPrefix(f.Pointer, pointer+"/") })
}

// vocabulary runs JSON-LD in safe mode, whatever the suite: a JWT credential is JSON-LD as well (VC 2.0, 6.1), and
// verifiers run it.
func (l *linter) vocabulary() {
	r, err := jsonld.ToRDF(l.root, &jsonld.Options{
		Documents:    l.opts.Documents,
		OmitTopLevel: []string{"proof"}, // a proof that is there already is not what will be signed
		RDFDirection: "i18n-datatype",   // as the field canonicalizes; without it the direction of a text is unsigned
	})
	var ce *jsonld.ContextError
	var de *jsonld.Error
	switch {
	case errors.As(err, &ce):
		l.add("issue.vocabulary", ce.Pointer, strings.TrimPrefix(err.Error(), "jsonld: "))
		return
	case errors.As(err, &de):
		l.add("issue.vocabulary", de.Pointer, strings.TrimPrefix(err.Error(), "jsonld: "))
		return
	case err != nil:
		l.add("issue.vocabulary", "", err.Error())
		return
	}
	for _, d := range r.Dropped {
		if strings.Contains(d.Pointer+"/", "/endorsementJwt/") {
			if !l.opts.jwt() {
				l.add("issue.endorsement-jwt", d.Pointer)
			}
			continue
		}
		l.add("issue.uncovered", d.Pointer, d.Term)
	}
}

// enums are the members whose values are open enumerations.
var enums = map[string]bool{"achievementType": true, "resultType": true, "identityType": true, "identifierType": true, "targetType": true}

// plainJSON holds the document's own part, not the signed credentials inside it, to the serialisation rules of the
// standard that its schemas leave out.
func (l *linter) plainJSON(v ijson.Value, at string) {
	switch v.Kind() {
	case ijson.Object:
		for name, m := range v.Members() {
			if name == "@context" || name == "proof" || name == "verifiableCredential" || name == "endorsement" {
				continue
			}
			p := at + "/" + ijson.EscapePointer(name)
			switch {
			case m.Kind() == ijson.Null:
				l.add("issue.null", p, name)
			case m.Kind() == ijson.Array && m.Len() == 0 && !l.said(p):
				l.add("issue.empty-list", p, name)
			case enums[name] && strings.Contains(m.Text(), "ext:") && !ob.IsExtensionTerm(m.Text()):
				l.add("issue.extension-term", p, m.Text())
			default:
				l.plainJSON(m, p)
			}
		}
	case ijson.Array:
		for i, e := range v.Each() {
			l.plainJSON(e, at+"/"+strconv.Itoa(i))
		}
	}
}

// asVerifier adds what the verifier's own lint refuses, or warns of in the vocabulary, and nothing here has found.
func (l *linter) asVerifier(ctx context.Context, unsigned []byte) {
	if len(l.opts.Documents) > 0 {
		return // the verifier's lint knows the embedded contexts alone
	}
	for _, f := range verify.Lint(ctx, unsigned) {
		words := f.Check == "context"
		if (f.Outcome == verify.Fails || f.Warning && words) && !l.said(f.Pointer) && !(words && l.saidBelow(f.Pointer)) {
			l.findings = append(l.findings, f)
		}
	}
}

// place is the pointer to the i-th of what v.Each yields: v itself may be the only one.
func place(at string, v ijson.Value, i int) string {
	if v.Kind() == ijson.Array {
		return at + "/" + strconv.Itoa(i)
	}
	return at
}
