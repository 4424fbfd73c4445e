package framework

import (
	"cmp"
	"net/url"
	"strings"
)

// caseRelations are the relation columns of an item list and the words that they stand for.
var caseRelations = []struct{ column, word string }{
	{"ischildof", "isChildOf"}, {"ispartof", "isPartOf"}, {"replacedby", "replacedBy"}, {"exemplar", "exemplar"}, {"hasskilllevel", "hasSkillLevel"},
	{"isexactmatchof", "exactMatchOf"}, {"exactmatchof", "exactMatchOf"}, {"precedes", "precedes"}, {"ispeerof", "isPeerOf"}, {"isrelatedto", "isRelatedTo"},
}

// readCASETable reads a list of CASE items as a spreadsheet, in the form that OpenSALT imports: one item a row, relations by
// the code or identifier of the other item. An item without an identifier is known inside its sheet alone, by its code.
func readCASETable(t *table) (*Framework, error) {
	f := &Framework{Kind: "case", Title: strings.TrimSuffix(t.name, ".csv")}
	known := map[string]string{} // code or identifier → node
	ids := make([]string, len(t.rows))
	for i, row := range t.rows {
		code, statement := t.get(row, "humancodingscheme"), t.get(row, "fullstatement")
		if statement == "" && code == "" {
			continue
		}
		id := t.get(row, "identifier")
		switch {
		case id == "":
			ids[i] = "#" + url.PathEscape(cmp.Or(code, statement))
		case strings.Contains(id, ":"):
			ids[i] = id
		default:
			ids[i] = "urn:uuid:" + id
		}
		known[code], known[id] = ids[i], ids[i]
		f.Nodes = append(f.Nodes, Node{ID: ids[i], Code: code, Name: cmp.Or(t.get(row, "abbreviatedstatement"), statement, code), Description: statement,
			Type: t.get(row, "cfitemtype"), Language: t.get(row, "language")})
	}
	delete(known, "")
	for i, row := range t.rows {
		if ids[i] == "" {
			continue
		}
		for _, rel := range caseRelations {
			for other := range strings.SplitSeq(t.get(row, rel.column), ",") {
				if other = strings.TrimSpace(other); other != "" {
					f.Associations = append(f.Associations, Association{Type: rel.word, Origin: ids[i], Destination: cmp.Or(known[other], other)})
				}
			}
		}
	}
	return f, nil
}
