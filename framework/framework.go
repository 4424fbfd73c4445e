// Package framework reads competency frameworks (1EdTech CASE 1.0 and 1.1, CTDL and CTDL-ASN, ESCO, O*NET) as nodes and
// the relations between them, and builds from them the targets that a record is compared with.
//
// The rules are:
//
//   - A node is its URI. Two URIs are the same node when they differ only in http or https and in the case of the host;
//     a name is never identity.
//   - A relation has the word of its source (isChildOf, exactMatchOf, precedes, …). Words that are not known are kept.
//   - What a source does not say (a level, a rating) is absent. Nothing is filled in.
package framework

import (
	"net/url"
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

// Framework is a set of nodes with their relations.
type Framework struct {
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	Publisher    string        `json:"publisher,omitempty"`
	Version      string        `json:"version,omitempty"`
	Kind         string        `json:"kind"` // case, ctdl, esco, onet
	Nodes        []Node        `json:"nodes"`
	Associations []Association `json:"associations"`
}

// Level asks for a place on a scale.
type Level struct {
	Scale   string `json:"scale"`
	AtLeast string `json:"atLeast"`
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
	Skill        string `json:"skill,omitempty"`
	Essential    bool   `json:"essential,omitempty"`
	Level        *Level `json:"level,omitempty"`
	MaxAgeMonths int    `json:"maxAgeMonths,omitempty"`
	MinTier      string `json:"minTier,omitempty"` // "A" to "F"
	Description  string `json:"description,omitempty"`

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

// Key is the identity of a node: its URI with the scheme's security and the host's case left out of account.
func Key(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return uri
	}
	if strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https") {
		u.Scheme = "https"
	}
	u.Host = strings.ToLower(u.Host)
	return u.String()
}
