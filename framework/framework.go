// Package framework reads competency frameworks (1EdTech CASE 1.0 and 1.1, CTDL and CTDL-ASN, ESCO, O*NET) as nodes and
// the relations between them, and builds from them the targets that a record is compared with.
//
// The rules are:
//
//   - A node is its URI. Two URIs are the same node when they differ only in http or https and in the case of the host, or
//     when they carry the same CTID or the same CASE identifier; a name is never identity.
//   - A relation has the word of its source (isChildOf, exactMatchOf, precedes, …). Words that are not known are kept.
//   - What a source does not say (a level, a rating) is absent. Nothing is filled in, and where something is missing that a
//     reader would look for, a note says so.
package framework

import (
	"net/url"
	"regexp"
	"strings"
)

// Association relates two nodes, in the words of CASE: origin type destination.
type Association struct {
	Type        string `json:"type"`
	Origin      string `json:"origin"`
	Destination string `json:"destination"`
}

// Node is one skill, competency or credential of a framework.
type Node struct {
	ID          string `json:"id"` // URI
	Code        string `json:"code,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type,omitempty"` // CFItemType, CTDL class …
	Language    string `json:"language,omitempty"`
}

// Scale is an ordered list of levels: of a CASE rubric criterion, or of an item's skill levels.
type Scale struct {
	ID     string       `json:"id"` // URI
	Name   string       `json:"name,omitempty"`
	Skill  string       `json:"skill,omitempty"` // URI of the node that it measures, where the source says
	Levels []ScaleLevel `json:"levels"`          // low to high
}

// ScaleLevel is one step of a scale.
type ScaleLevel struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Goal is something a framework lets a person aim at: an occupation, a credential, a pathway, the framework as a whole.
type Goal struct {
	ID          string       `json:"id"` // URI
	Code        string       `json:"code,omitempty"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Requirement *Requirement `json:"requirement"`
	Notes       []string     `json:"notes,omitempty"` // what the source does not say, or says in words only
}

// Framework is a set of nodes with their relations.
type Framework struct {
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	Publisher    string        `json:"publisher,omitempty"`
	Version      string        `json:"version,omitempty"`
	Kind         string        `json:"kind"`                  // case, ctdl, esco, onet
	Attribution  string        `json:"attribution,omitempty"` // what the source's licence asks to be shown beside its data
	Nodes        []Node        `json:"nodes"`
	Associations []Association `json:"associations"`
	Scales       []Scale       `json:"scales,omitempty"`
	Goals        []Goal        `json:"goals,omitempty"` // besides the framework itself and its branches

	levels  map[string]Level // node → the one level that the source asks of it (CASE hasSkillLevel)
	isLevel map[string]bool  // nodes that are levels of others, and no skills
}

// Level asks for a place on a scale.
type Level struct {
	Scale   string `json:"scale"`
	AtLeast string `json:"atLeast"`
}

// Typical is what people in an occupation typically have of a skill (O*NET): a description of demand, never a level that a
// record is measured against.
type Typical struct {
	Importance  float64 `json:"importance"` // 1 to 5
	Level       float64 `json:"level,omitempty"`
	Of          float64 `json:"of,omitempty"` // the scale's maximum
	AnchorLevel float64 `json:"anchorLevel,omitempty"`
	Anchor      string  `json:"anchor,omitempty"` // what the level nearest to it looks like, as published
}

// The ways in which the parts of a requirement combine.
const (
	All     = "all"
	Any     = "any"
	AtLeast = "atLeast" // Number of the parts
	Credits = "credits" // Number of credits, earned by the parts
	Count   = "count"   // Number of claims that meet a part
)

// Requirement is a target: a leaf asks for a skill, an inner node combines its parts.
type Requirement struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Source string `json:"source,omitempty"`

	// A leaf.
	Skill        string   `json:"skill,omitempty"`
	Essential    bool     `json:"essential,omitempty"`
	Level        *Level   `json:"level,omitempty"`
	MaxAgeMonths int      `json:"maxAgeMonths,omitempty"`
	MinTier      string   `json:"minTier,omitempty"` // "A" to "F"
	Weight       float64  `json:"weight,omitempty"`  // the author's; 0 is 1
	Description  string   `json:"description,omitempty"`
	Typical      *Typical `json:"typical,omitempty"`

	// An inner node.
	Op        string        `json:"op,omitempty"`
	Number    float64       `json:"number,omitempty"`
	Unit      string        `json:"unit,omitempty"`
	Exclusive bool          `json:"exclusive,omitempty"` // a claim may serve one part only
	Of        []Requirement `json:"of,omitempty"`
}

// Leaves returns the leaves in order.
func (r *Requirement) Leaves() []*Requirement {
	if r.Op == "" && len(r.Of) == 0 {
		return []*Requirement{r}
	}
	var out []*Requirement
	for i := range r.Of {
		out = append(out, r.Of[i].Leaves()...)
	}
	return out
}

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

var (
	// A CTID is unique whichever registry or path it is found at (CTDL, ctid).
	ctid = regexp.MustCompile(`/(ce-` + uuidPattern + `)$`)
	// A CASE identifier is unique whichever server and version of the API an item is read from (CASE 1.0, GUID).
	caseID = regexp.MustCompile(`/ims/case/[^/]+/[A-Za-z]+/(` + uuidPattern + `)$`)
)

// Key is the identity of a node: its CASE identifier or CTID where the URI carries one, else its URI with the scheme's
// security and the host's case left out of account.
func Key(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		if id, ok := strings.CutPrefix(uri, "urn:uuid:"); ok {
			return "urn:uuid:" + strings.ToLower(id)
		}
		return uri
	}
	if strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https") {
		u.Scheme = "https"
	}
	u.Host = strings.ToLower(u.Host)
	if u.RawQuery == "" && u.Fragment == "" {
		if m := ctid.FindStringSubmatch(u.Path); m != nil {
			return "urn:ctid:" + strings.ToLower(m[1])
		}
		if m := caseID.FindStringSubmatch(u.Path); m != nil {
			return "urn:uuid:" + strings.ToLower(m[1])
		}
	}
	return u.String()
}
