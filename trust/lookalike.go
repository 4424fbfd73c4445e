package trust

import (
	"iter"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// shortestName is the shortest skeleton that is compared: shorter ones, such as abbreviations, are alike by chance.
const shortestName = 6

// Issuers are all issuers of the lists.
func (ls Lists) Issuers() iter.Seq[Issuer] {
	return func(yield func(Issuer) bool) {
		for _, l := range ls {
			for _, i := range l.byID {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// Resembles finds a known issuer that another one could be mistaken for: one with a different identity whose name or host
// looks the same to an eye that reads quickly ("Harb0ur University", "harbour-university.example" beside
// "harbouruniversity.example", Cyrillic letters among Latin ones). Of several it is the first by id.
//
// It is a warning and no judgement. An issuer that is itself known, or stands on the host of the known one or below it,
// resembles nobody: institutions have several identifiers.
func Resembles(id, name string, known iter.Seq[Issuer]) (found Issuer, ok bool) {
	host, looks, label := hostOf(id), skeleton(name), hostSkeleton(hostOf(id))
	for k := range known {
		other := hostOf(k.ID)
		if other == "" {
			other = hostOf(k.URL)
		}
		if k.ID == id || within(host, other) || within(host, hostOf(k.URL)) {
			return Issuer{}, false
		}
		sameName := len(looks) >= shortestName && looks == skeleton(k.Name)
		sameHost := len(label) >= shortestName && host != other && label == hostSkeleton(other)
		if (sameName || sameHost) && (!ok || k.ID < found.ID) {
			found, ok = k, true
		}
	}
	return found, ok
}

// hostOf is the host that an identifier or address stands on, "" for none.
func hostOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		if host, err := url.PathUnescape(host); err == nil {
			return strings.ToLower(host)
		}
		return ""
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.ToLower(u.Host)
}

// within reports that a host is the other or stands below it.
func within(host, other string) bool {
	return other != "" && (host == other || strings.HasSuffix(host, "."+other))
}

// hostSkeleton is what a host looks like without its dots and hyphens, so that records.north.example and
// records-north.example are alike.
func hostSkeleton(host string) string {
	host, _, _ = strings.Cut(host, ":")
	return skeleton(host)
}

// skeleton reduces a text to what it looks like (after Unicode Technical Standard 39, section 4): compatibility forms and
// accents folded, letters of other alphabets and digits by the Latin letter that they look like, everything that is no
// letter or digit left out.
func skeleton(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		if l, ok := confusable[r]; ok {
			r = l
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return pairs.Replace(b.String())
}

// pairs are two letters that look like one.
var pairs = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d")

// confusable are the small letters and digits that are drawn as a Latin letter is (from the confusables of UTS 39: Cyrillic,
// Greek, Armenian, and the digits that names are forged with).
var confusable = map[rune]rune{
	'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g', 'i': 'l', 'ı': 'l', '|': 'l', 'ß': 'b',
	'а': 'a', 'в': 'b', 'е': 'e', 'ё': 'e', 'к': 'k', 'м': 'm', 'н': 'h', 'о': 'o', 'р': 'p', 'с': 'c', 'т': 't', 'у': 'y', 'х': 'x', 'ѕ': 's', 'і': 'l', 'ї': 'l',
	'ј': 'j', 'ԁ': 'd', 'ԛ': 'q', 'ԝ': 'w', 'һ': 'h', 'ӏ': 'l', 'ո': 'n', 'ս': 'u', 'օ': 'o', 'ց': 'g',
	'α': 'a', 'β': 'b', 'ε': 'e', 'ι': 'l', 'κ': 'k', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'σ': 'o', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y', 'η': 'n', 'ω': 'w', 'ɑ': 'a', 'ɡ': 'g',
}
