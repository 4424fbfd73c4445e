package vc

import (
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// LangText is a text in a language (VC 2.0, 11.1; BCP 47 tag, may be empty).
type LangText struct {
	Text string
	Lang string
	Dir  string // "ltr", "rtl" or empty
}

// ReadTexts reads a human text in any of the forms the field uses: a string, a language value object
// ({"@value", "@language", "@direction"}), an array of these, or a language map {"en": "…"} as the tolerant 1EdTech
// schemas allow.
func ReadTexts(v ijson.Value) []LangText {
	var out []LangText
	for _, e := range v.Each() {
		switch e.Kind() {
		case ijson.String:
			out = append(out, LangText{Text: e.Text()})
		case ijson.Object:
			if e.Has("@value") {
				out = append(out, LangText{Text: e.Get("@value").Text(), Lang: e.Get("@language").Text(), Dir: e.Get("@direction").Text()})
				continue
			}
			for lang, text := range e.Members() {
				for _, t := range text.Each() {
					if t.IsString() {
						if lang == "@none" {
							lang = ""
						}
						out = append(out, LangText{Text: t.Text(), Lang: lang})
					}
				}
			}
		}
	}
	return out
}

// Pick chooses the text of the first of the languages that there is (by tag, then by primary subtag), else the one
// without a language, else English, else the first.
func Pick(texts []LangText, langs ...string) LangText {
	for _, want := range langs {
		for _, t := range texts {
			if strings.EqualFold(t.Lang, want) {
				return t
			}
		}
		for _, t := range texts {
			if primary(t.Lang) == primary(want) {
				return t
			}
		}
	}
	for _, want := range []string{"", "en"} {
		for _, t := range texts {
			if primary(t.Lang) == want {
				return t
			}
		}
	}
	if len(texts) > 0 {
		return texts[0]
	}
	return LangText{}
}

// PickText is the text that Pick chooses from the value.
func PickText(v ijson.Value, langs ...string) string {
	if v.IsString() {
		return v.Text()
	}
	return Pick(ReadTexts(v), langs...).Text
}

func primary(tag string) string {
	p, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(p)
}
