package verify

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// checkResult holds each result to the scale that the achievement describes (data model, cross-references 6 and 7).
// The standard demands none of it of a verifier, so what does not fit is shown and leaves the verdict.
func checkResult(c *credential) {
	if c.doc.Kind != vc.KindAchievement {
		return
	}
	seen := false
	for i, s := range c.doc.Subjects {
		scales := map[string]ob.ResultDescription{}
		for _, a := range s.Get("achievement").Each() {
			for _, v := range a.Get("resultDescription").Each() {
				d := ob.ReadResultDescription(v)
				scales[d.ID] = d
				c.checkScale(d, c.subjectPointer(i)+"/achievement/resultDescription")
			}
		}
		list := s.Get("result")
		for j, v := range list.Each() {
			seen = true
			at := c.subjectPointer(i) + "/result"
			if list.Kind() == ijson.Array {
				at += "/" + itoa(j)
			}
			c.checkOneResult(ob.ReadResult(v), scales, at)
		}
	}
	if seen {
		c.passUnlessWarned("result", "result.consistent")
	}
}

// passUnlessWarned adds the code of success when the check said nothing at all.
func (c *credential) passUnlessWarned(check, code string, args ...any) {
	for _, f := range c.report.Findings {
		if f.Check == check {
			return
		}
	}
	c.add(code, "", args...)
}

func (c *credential) checkOneResult(r ob.Result, scales map[string]ob.ResultDescription, at string) {
	if r.ResultDescription == "" {
		return
	}
	scale, ok := scales[r.ResultDescription]
	if !ok {
		c.add("result.dangling", at+"/resultDescription", r.ResultDescription)
		return
	}
	if r.AchievedLevel != "" && !hasLevel(scale, r.AchievedLevel) {
		c.add("result.level-dangling", at+"/achievedLevel", r.AchievedLevel)
	}
	if (scale.ResultType == "Status") != (r.Status != "") && (scale.ResultType == "Status" || r.Value == "") {
		c.add("result.status", at)
	}
	if r.Value == "" {
		return
	}
	if words, ok := onScale(scale, r.Value); !ok {
		c.add("result.out-of-range", at+"/value", r.Value, words)
	}
}

func (c *credential) checkScale(d ob.ResultDescription, at string) {
	if d.RequiredLevel != "" && !hasLevel(d, d.RequiredLevel) {
		c.add("result.required", at, d.RequiredLevel)
	}
	if d.RequiredValue != "" {
		if _, ok := onScale(d, d.RequiredValue); !ok {
			c.add("result.required", at, d.RequiredValue)
		}
	}
}

func hasLevel(d ob.ResultDescription, id string) bool {
	return slices.ContainsFunc(d.RubricCriterionLevel, func(l ob.RubricCriterionLevel) bool { return l.ID == id })
}

// onScale tells whether the value is allowed, and the scale in words. A value that is no number on a scale of numbers
// cannot be placed, and is let be.
func onScale(d ob.ResultDescription, value string) (words string, ok bool) {
	if len(d.AllowedValue) > 0 {
		return strings.Join(d.AllowedValue, ", "), slices.Contains(d.AllowedValue, value)
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "", true
	}
	words = d.ValueMin + " to " + d.ValueMax
	if low, err := strconv.ParseFloat(d.ValueMin, 64); err == nil && v < low {
		return words, false
	}
	if high, err := strconv.ParseFloat(d.ValueMax, 64); err == nil && v > high {
		return words, false
	}
	return words, true
}
