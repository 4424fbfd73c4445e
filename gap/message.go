package gap

import (
	"strings"
	"time"
)

// Message is a sentence as data: which one it is, and what stands in it. A catalogue of any language turns it into words;
// changing the language changes words only.
type Message struct {
	ID   string            `json:"id"`
	Args map[string]string `json:"args,omitempty"` // dates as YYYY-MM-DD, numbers with a point
}

// say makes a message of an id and of names and values in turn.
func say(id string, pairs ...string) Message {
	m := Message{ID: id}
	if len(pairs) > 0 {
		m.Args = map[string]string{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Args[pairs[i]] = pairs[i+1]
	}
	return m
}

// Messages is the English catalogue: id → sentence. {name} is an argument, {name|day} a date in words. **Marked** is what a
// page sets strong.
var Messages = map[string]string{
	"gap.met":                 "You have shown **{skill}**: {claim}.",
	"gap.met.level":           "You have shown **{skill}** at **{achieved}**; the goal asks **{required}**: {claim}.",
	"gap.met.parts":           "You have shown every part of **{skill}**: {claim}.",
	"gap.met.otherName":       "It is the same skill under another name.",
	"gap.unconfirmed":         "{claim} shows **{skill}**, but whether it still holds could not be checked.",
	"gap.outOfDate":           "{claim} showed **{skill}** on {date|day}. The goal asks for it within the last {months} months.",
	"gap.partly.level":        "You have shown **{skill}** at **{achieved}**. The goal asks **{required}**, one step higher.",
	"gap.partly.levels":       "You have shown **{skill}** at **{achieved}**. The goal asks **{required}**, {steps} steps higher.",
	"gap.partly.value":        "You have shown **{skill}** with **{achieved}**. It asks **{required}**.",
	"gap.partly.path":         "{claim} shows a part of **{skill}**, not all of it.",
	"gap.partly.tier":         "{claim} shows **{skill}** with evidence of strength {tier}. The goal asks for {minTier}.",
	"gap.level.looksLike":     "At {level}: *{description}*.",
	"gap.cannotCompare":       "You have **{achieved}** for **{skill}** on the scale of {issuer}. The goal uses another, and nobody has published how the two relate.",
	"gap.cannotCompare.goal":  "You have **{achieved}** for **{skill}** on the scale of {issuer}. The goal uses {goal}. Nobody has published how these relate.",
	"gap.cannotCompare.both":  "You have **{achieved}** for **{skill}** on the scale of {issuer}, {own}. The goal uses {goal}. Nobody has published how these relate.",
	"gap.indirect":            "**{claim}** is about this, and you passed it. It has no result for **{skill}** itself, so we cannot say at what level.",
	"gap.indirect.grade":      "**{claim}** is about this, and you passed it ({grade}). It has no result for **{skill}** itself, so we cannot say at what level.",
	"gap.indirect.noLevel":    "**{claim}** has a result for **{skill}**, but no level is recorded. The goal asks **{required}**.",
	"gap.indirect.path":       "**{claim}** shows something near **{skill}**, not the skill itself.",
	"gap.inProgress":          "**{claim}** is about **{skill}** and is not finished.",
	"gap.expired":             "You met **{skill}** until {until|day}: {claim}.",
	"gap.selfAsserted":        "You state **{skill}** yourself: {claim}. Nobody else has confirmed it.",
	"gap.notYet":              "Nothing in your record points to **{skill}** **yet**. If you can do it, add evidence or ask someone who has seen you do it.",
	"gap.notYet.served":       "What you have for **{skill}** already serves another requirement of this goal, and may serve one only.",
	"gap.assigned":            "It serves this requirement and no other.",
	"gap.typical":             "People in this job typically need {skill} around level {level} of {of}.",
	"gap.typical.anchor":      "Level {level} looks like: *{anchor}*.",
	"gap.route.renew":         "Renew {claim}.",
	"gap.route.renew.offer":   "Renew {claim}: {offer}.",
	"gap.route.getAssessed":   "You could ask for a skill check, or for an assessment of prior learning.",
	"gap.route.askConfirm":    "You could ask someone who has seen you do it to confirm it.",
	"gap.route.addEvidence":   "You could add work that shows it.",
	"gap.route.askLevel":      "You could ask the issuer to record the level.",
	"gap.route.askLevel.of":   "You could ask {issuer} to record the level.",
	"gap.notCounted.void":     "{claim} is not counted: it was withdrawn by its issuer, or its signature does not hold.",
	"gap.tier.A":              "assessed, work available",
	"gap.tier.B":              "assessed",
	"gap.tier.C":              "passed something about it",
	"gap.tier.D":              "took part",
	"gap.tier.E":              "confirmed by others",
	"gap.tier.F":              "stated by the learner",
	"gap.notCounted.unpassed": "{claim} is not counted: it was not completed.",
}

// String is the sentence in English. An id that is not in the catalogue stands for itself.
func (m Message) String() string {
	text, ok := Messages[m.ID]
	if !ok {
		return m.ID
	}
	return m.In(text, func(day time.Time) string { return day.Format("2 January 2006") })
}

// In fills a sentence of a catalogue, of whatever language, with what this message says. date writes a day.
func (m Message) In(text string, date func(time.Time) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		name, as, _ := strings.Cut(name, "|")
		value := m.Args[name]
		if t, err := time.Parse(time.DateOnly, value); err == nil && as == "day" {
			value = date(t)
		}
		b.WriteString(value)
		text = after
	}
}
