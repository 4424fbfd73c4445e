package verify

import "github.com/openlaurel/laurel/ijson"

// A place is where a walk through a document is. It becomes a JSON pointer only when there is something to say, which is
// seldom: the pointers of all values of a record are many times its length.
type place struct {
	up    *place
	name  string // of a member
	index int    // of an element, or -1
}

func (p *place) member(name string) place { return place{p, name, -1} }
func (p *place) element(i int) place      { return place{p, "", i} }

// String is the JSON pointer (RFC 6901); the root is nil.
func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.index >= 0:
		return p.up.String() + "/" + itoa(p.index)
	}
	return p.up.String() + "/" + ijson.EscapePointer(p.name)
}
