package framework

import (
	"cmp"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// A framework as the documents in which others read it: a CASE 1.1 package, and CTDL-ASN as JSON-LD. The node's own URI is
// kept in both; no statement is added that the source does not make.

// Published says where and since when a framework is published.
type Published struct {
	URL  string // of the framework; its items are at URL/items/ID
	Time time.Time
}

type caseLink struct {
	Title      string `json:"title"`
	Identifier string `json:"identifier"`
	URI        string `json:"uri"`
}

type caseItem struct {
	Identifier           string    `json:"identifier"`
	URI                  string    `json:"uri"`
	FullStatement        string    `json:"fullStatement"`
	AbbreviatedStatement string    `json:"abbreviatedStatement,omitempty"`
	HumanCodingScheme    string    `json:"humanCodingScheme,omitempty"`
	CFItemType           string    `json:"CFItemType,omitempty"`
	Language             string    `json:"language,omitempty"`
	LastChange           string    `json:"lastChangeDateTime"`
	Document             *caseLink `json:"CFDocumentURI,omitempty"`
}

type caseAssociation struct {
	Identifier  string   `json:"identifier"`
	URI         string   `json:"uri"`
	Type        string   `json:"associationType"`
	Origin      caseLink `json:"originNodeURI"`
	Destination caseLink `json:"destinationNodeURI"`
	LastChange  string   `json:"lastChangeDateTime"`
}

type caseDocument struct {
	Identifier string   `json:"identifier"`
	URI        string   `json:"uri"`
	Creator    string   `json:"creator"`
	Title      string   `json:"title"`
	Publisher  string   `json:"publisher,omitempty"`
	Version    string   `json:"version,omitempty"`
	Notes      string   `json:"notes,omitempty"`
	LastChange string   `json:"lastChangeDateTime"`
	Package    caseLink `json:"CFPackageURI"`
}

func (f *Framework) caseDocument(p Published) caseDocument {
	return caseDocument{Identifier: ItemID(f.ID), URI: f.ID, Creator: cmp.Or(f.Publisher, f.Title), Title: f.Title, Publisher: f.Publisher, Version: f.Version, Notes: f.Attribution,
		LastChange: p.Time.UTC().Format(time.RFC3339), Package: caseLink{f.Title, ItemID(f.ID), p.URL}}
}

func (f *Framework) caseItem(n Node, p Published) caseItem {
	item := caseItem{Identifier: ItemID(n.ID), URI: n.ID, FullStatement: cmp.Or(n.Description, n.label()), HumanCodingScheme: n.Code, CFItemType: n.Type, Language: n.Language,
		LastChange: p.Time.UTC().Format(time.RFC3339)}
	if n.Name != item.FullStatement {
		item.AbbreviatedStatement = n.Name
	}
	return item
}

// caseWords are the relations that CASE has a word for, and the words of other sources for the same.
var caseWords = map[string]string{"isChildOf": "isChildOf", "broader": "isChildOf", "isPartOf": "isPartOf", "isPeerOf": "isPeerOf", "exactMatchOf": "exactMatchOf", "precedes": "precedes",
	"isRelatedTo": "isRelatedTo", "related": "isRelatedTo", "replacedBy": "replacedBy", "exemplar": "exemplar", "hasSkillLevel": "hasSkillLevel", "isTranslationOf": "isTranslationOf"}

// CASE writes the framework as a CFPackage (CASE 1.1, GET CFPackages/{id}).
func (f *Framework) CASE(p Published) ([]byte, error) {
	out := struct {
		Document     caseDocument      `json:"CFDocument"`
		Items        []caseItem        `json:"CFItems"`
		Associations []caseAssociation `json:"CFAssociations"`
	}{f.caseDocument(p), []caseItem{}, []caseAssociation{}}
	names := map[string]string{Key(f.ID): f.Title}
	for _, n := range f.Nodes {
		out.Items = append(out.Items, f.caseItem(n, p))
		names[Key(n.ID)] = n.label()
	}
	for _, a := range f.Associations {
		word, from, to := caseWords[a.Type], a.Origin, a.Destination
		if part, whole, ok := a.part(); ok && word == "" {
			word, from, to = "isChildOf", part, whole
		}
		if word == "" {
			continue
		}
		id := ItemID("urn:laurel:" + from + "\x1f" + word + "\x1f" + to)
		out.Associations = append(out.Associations, caseAssociation{Identifier: id, URI: "urn:uuid:" + id, Type: word,
			Origin:      caseLink{cmp.Or(names[Key(from)], from), ItemID(from), from},
			Destination: caseLink{cmp.Or(names[Key(to)], to), ItemID(to), to}, LastChange: p.Time.UTC().Format(time.RFC3339)})
	}
	return ijson.Marshal(out)
}

// CASEItem writes one node as a CFItem (CASE 1.1, GET CFItems/{id}).
func (f *Framework) CASEItem(n Node, p Published) ([]byte, error) {
	item := f.caseItem(n, p)
	item.Document = &caseLink{f.Title, ItemID(f.ID), f.ID}
	return ijson.Marshal(item)
}

// CASEDocument writes what the framework says about itself (CASE 1.1, GET CFDocuments/{id}).
func (f *Framework) CASEDocument(p Published) ([]byte, error) {
	return ijson.Marshal(f.caseDocument(p))
}

// asnContext is the context of CTDL-ASN; the registry publishes with it.
const asnContext = "https://credreg.net/ctdlasn/schema/context/json"

type asnNode struct {
	ID       string            `json:"@id"`
	Type     string            `json:"@type"`
	Name     map[string]string `json:"ceasn:name,omitempty"`
	Label    map[string]string `json:"ceasn:competencyLabel,omitempty"`
	Text     map[string]string `json:"ceasn:competencyText,omitempty"`
	Code     string            `json:"ceasn:codedNotation,omitempty"`
	Parent   []string          `json:"ceasn:isChildOf,omitempty"`
	Children []string          `json:"ceasn:hasChild,omitempty"`
	Top      []string          `json:"ceasn:hasTopChild,omitempty"`
	Exact    []string          `json:"ceasn:exactAlignment,omitempty"`
	PartOf   string            `json:"ceasn:isPartOf,omitempty"`
}

// JSONLD writes the framework as CTDL-ASN: a competency framework and its competencies.
func (f *Framework) JSONLD() ([]byte, error) {
	lang := "en"
	index := map[string]int{}
	graph := []asnNode{{ID: f.ID, Type: "ceasn:CompetencyFramework", Name: map[string]string{lang: f.Title}}}
	for _, n := range f.Nodes {
		l := cmp.Or(n.Language, lang)
		one := asnNode{ID: n.ID, Type: "ceasn:Competency", Text: map[string]string{l: cmp.Or(n.Description, n.label())}, Code: n.Code, PartOf: f.ID}
		if strings.HasPrefix(n.Type, "ceterms:") {
			one = asnNode{ID: n.ID, Type: n.Type, Name: map[string]string{l: n.label()}}
		} else if n.Name != one.Text[l] {
			one.Label = map[string]string{l: n.Name}
		}
		index[Key(n.ID)] = len(graph)
		graph = append(graph, one)
	}
	for _, a := range f.Associations {
		from, ok := index[Key(a.Origin)]
		if part, whole, is := a.part(); is {
			p, known := index[Key(part)]
			w, inside := index[Key(whole)]
			switch {
			case known && inside:
				graph[p].Parent, graph[w].Children = append(graph[p].Parent, whole), append(graph[w].Children, part)
			case known && Key(whole) == Key(f.ID):
				graph[0].Top = append(graph[0].Top, part)
			}
		} else if ok && a.Type == "exactMatchOf" {
			graph[from].Exact = append(graph[from].Exact, a.Destination)
		}
	}
	return ijson.Marshal(map[string]any{"@context": asnContext, "@graph": graph})
}
