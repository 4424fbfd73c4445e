package framework

import (
	"cmp"
	"errors"

	"github.com/openlaurel/laurel/ijson"
)

// readCASE reads a CFPackage of CASE 1.0 or 1.1: the package itself, or wrapped in a member CFPackage. Version 1.1 of some
// publishers writes sourcedId where 1.0 writes identifier.
func readCASE(root ijson.Value) (*Framework, error) {
	if p := root.Get("CFPackage"); p.IsValid() {
		root = p
	}
	d := root.Get("CFDocument")
	if d.Kind() != ijson.Object {
		return nil, errors.New("framework: /CFDocument is missing; a CASE package has one")
	}
	f := &Framework{ID: caseURI(d), Title: d.Get("title").Text(), Publisher: cmp.Or(d.Get("publisher").Text(), d.Get("creator").Text()), Version: d.Get("version").Text(), Kind: "case"}
	for item := range root.Get("CFItems").Elements() {
		n := Node{ID: caseURI(item), Code: item.Get("humanCodingScheme").Text(), Description: item.Get("fullStatement").Text(),
			Type: item.Get("CFItemType").Text(), Language: item.Get("language").Text()}
		n.Name = cmp.Or(item.Get("abbreviatedStatement").Text(), n.Description, n.Code)
		if n.ID != "" {
			f.Nodes = append(f.Nodes, n)
		}
	}
	for a := range root.Get("CFAssociations").Elements() {
		rel := Association{Type: a.Get("associationType").Text(), Origin: link(a.Get("originNodeURI")), Destination: link(a.Get("destinationNodeURI"))}
		// Ends that lie in other frameworks are normal; an end that is nowhere is not a relation.
		if rel.Type != "" && rel.Origin != "" && rel.Destination != "" {
			f.Associations = append(f.Associations, rel)
		}
	}
	return f, nil
}

// caseURI is a CASE object's URI, or its identifier as a URN where it has no URI.
func caseURI(v ijson.Value) string {
	if u := v.Get("uri").Text(); u != "" {
		return u
	}
	if id := cmp.Or(v.Get("identifier").Text(), v.Get("sourcedId").Text()); id != "" {
		return "urn:uuid:" + id
	}
	return ""
}

// link reads an end of an association: a link object, or a bare URI.
func link(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	return caseURI(v)
}
