package roster

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
)

func suitsCASE(files []File) bool { return suitsAll(files, "CFDocument", "CFItem") }

func suitsCTDL(files []File) bool { return suitsAll(files, "ceterms:", "ceasn:") }

// suitsAll tells whether every file is JSON that has one of the words near its beginning.
func suitsAll(files []File, words ...string) bool {
	for _, f := range files {
		head := bytes.TrimSpace(f.Data[:min(len(f.Data), 16<<10)])
		if !bytes.HasPrefix(head, []byte("{")) || !slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(head, []byte(w)) }) {
			return false
		}
	}
	return len(files) > 0
}

// readFramework reads CASE packages and CTDL documents into the catalogue (users' guide, sections 4.6 and 4.7): each
// competency, course, programme and credential becomes an achievement of ours that points at the node it came from. There
// are no awards in a framework. A row is a node.
func readFramework(ctx context.Context, files []File, opts *Options) (*Table, error) {
	b := newBuilder(opts)
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text, _, err := decodeText(f)
		if err != nil {
			return nil, err
		}
		fw, err := framework.Read(text)
		if err != nil {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %v", f.Name, err)
		}
		root, err := parseJSON(File{Name: f.Name, Data: text})
		if err != nil {
			return nil, err
		}
		more := ctdlDetails(root)
		keys := map[string]string{}
		for i, n := range fw.Nodes {
			at := place{f.Name, i + 1}
			b.table.Rows++
			if a, ok := b.node(at, fw, n, more[n.ID]); ok {
				key := fw.Kind + "/" + framework.Key(n.ID)
				keys[framework.Key(n.ID)] = key
				b.achievement(key, at, a)
			}
		}
		b.nodeRelations(f.Name, fw, keys)
	}
	if len(b.table.Achievements) == 0 {
		return nil, record.Errorf(record.Invalid, "roster.Read", "%s has nothing that belongs in a catalogue", files[0].Name)
	}
	return b.table, nil
}

// ctdlTypes maps CTDL classes whose names are not achievement types already.
var ctdlTypes = map[string]ob.AchievementType{"LearningOpportunityProfile": "Course", "AssessmentProfile": "Assessment", "Competency": "Competency",
	"CompetencyComponent": "Competency", "CourseComponent": "Course", "AssessmentComponent": "Assessment", "CredentialComponent": "Certificate",
	"BasicComponent": "Competency", "JobComponent": "", "CocurricularComponent": "CoCurricular", "ExtracurricularComponent": "CoCurricular",
	"WorkExperienceComponent": "Fieldwork", "Credential": "Certificate", "DigitalBadge": "Badge", "OpenBadge": "Badge", "GeneralEducationDevelopment": "GeneralEducationDevelopment",
	"SecondarySchoolDiploma": "SecondarySchoolDiploma", "CertificateOfCompletion": "CertificateOfCompletion"}

// nodeType is the kind of achievement a node makes; false for nodes that are none (jobs, organisations).
func nodeType(kind, class string) (ob.AchievementType, ob.AlignmentTargetType, bool) {
	if kind == "case" {
		return "Competency", ob.TargetCFItem, true
	}
	_, name, _ := strings.Cut(class, ":")
	typ, mapped := ctdlTypes[name]
	if !mapped {
		typ, mapped = achievementType(name)
	}
	switch {
	case !mapped || typ == "":
		return "", "", false
	case typ == "Competency":
		return typ, ob.TargetCompetency, true
	case slices.Contains([]ob.AchievementType{"Course", "LearningProgram", "Assessment", "CoCurricular", "Fieldwork"}, typ):
		return typ, ob.TargetCTDL, true
	}
	return typ, ob.TargetCredential, true
}

func (b *builder) node(at place, fw *framework.Framework, n framework.Node, more ctdlDetail) (ob.Achievement, bool) {
	typ, targetType, ok := nodeType(fw.Kind, n.Type)
	if !ok {
		b.say(at, n.ID, SeverityInfo, "not_an_achievement", n.Type, "", "a %s is no achievement; it is left out.", cmp.Or(n.Type, "node without a class"))
		b.table.Repeated = append(b.table.Repeated, at.row)
		return ob.Achievement{}, false
	}
	a := ob.Achievement{Name: n.Name, AchievementType: typ, Description: n.Description, InLanguage: n.Language, HumanCode: cmp.Or(more.code, ""), CreditsAvailable: more.credits,
		Criteria: ob.Criteria{Narrative: more.criteria}}
	identifier := cmp.Or(n.Code, framework.Key(n.ID))
	if fw.Kind == "case" {
		a.HumanCode = n.Code
		identifier = framework.Key(n.ID)
		if n.Type != "" {
			a.Tag = append(a.Tag, n.Type)
		}
	}
	a.OtherIdentifier = []ob.IdentifierEntry{{Type: "IdentifierEntry", Identifier: identifier, IdentifierType: ob.IdentifierGeneric}}
	if webAddress(n.ID) || strings.HasPrefix(n.ID, "urn:") {
		a.Alignment = []ob.Alignment{{Type: []string{"Alignment"}, TargetName: n.Name, TargetURL: n.ID, TargetCode: n.Code, TargetFramework: fw.Title, TargetType: targetType}}
	}
	return a, true
}

// nodeRelations keeps the relations that CLR 2.0 has a word for and of which both ends are in the file.
func (b *builder) nodeRelations(file string, fw *framework.Framework, keys map[string]string) {
	left := 0
	for _, a := range fw.Associations {
		from, ok := keys[framework.Key(a.Origin)]
		to, also := keys[framework.Key(a.Destination)]
		if !ok || !also || !slices.Contains(associationTypes, a.Type) {
			left++
			continue
		}
		b.relate(a.Type, from, to, place{file: file})
	}
	if left > 0 {
		b.say(place{file: file}, "associations", SeverityInfo, "not_carried_over", "", "", "%d relations point out of the file or have no word in CLR 2.0; they are left out.", left)
	}
}

// ctdlDetail is what a catalogue wants of a CTDL node beyond its name.
type ctdlDetail struct {
	code, criteria string
	credits        *float64
}

// ctdlDetails reads the codes, credits and conditions of a CTDL graph, by node id.
func ctdlDetails(root ijson.Value) map[string]ctdlDetail {
	out := map[string]ctdlDetail{}
	for n := range root.Get("@graph").Elements() {
		d := ctdlDetail{code: firstText(n.Get("ceterms:codedNotation"))}
		value := n.Get("ceterms:creditValue")
		if value.Kind() == ijson.Array {
			value = value.Index(0)
		}
		d.credits = credits(numberText(value.Get("schema:value")))
		var conditions []string
		for c := range n.Get("ceterms:requires").Elements() {
			if text := firstText(c.Get("ceterms:description")); text != "" {
				conditions = append(conditions, text)
			}
		}
		d.criteria = strings.Join(conditions, "\n\n")
		out[n.Get("@id").Text()] = d
	}
	return out
}

// firstText is a string, the first of a list, or the first language of a language map.
func firstText(v ijson.Value) string {
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Array:
		return firstText(v.Index(0))
	case ijson.Object:
		for _, member := range v.Members() {
			return firstText(member)
		}
	}
	return ""
}
