package schema

import (
	"strings"
	"time"
)

// isDateTime holds a string to RFC 3339, 5.6: a time zone is required, a leap second is allowed where one can be.
func isDateTime(s string) bool {
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' && s[10] != 't' {
		return false
	}
	return isDate(s[:10]) && isTime(s[11:])
}

func isDate(s string) bool {
	if len(s) != len("2006-01-02") {
		return false
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isTime(s string) bool {
	hour, ok1 := twoDigits(s, 0)
	minute, ok2 := twoDigits(s, 3)
	second, ok3 := twoDigits(s, 6)
	if !ok1 || !ok2 || !ok3 || s[2] != ':' || s[5] != ':' || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	s = s[8:]
	if fraction, ok := strings.CutPrefix(s, "."); ok {
		s = strings.TrimLeft(fraction, "0123456789")
		if len(s) == len(fraction) {
			return false
		}
	}
	offset, ok := zone(s)
	if !ok {
		return false
	}
	// A leap second comes at 23:59:60 UTC (RFC 3339, 5.7).
	utc := (hour*60 + minute - offset + 24*60) % (24 * 60)
	return second < 60 || utc == 23*60+59
}

// zone reads Z or an offset, in minutes.
func zone(s string) (minutes int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0, false
	}
	h, ok1 := twoDigits(s, 1)
	m, ok2 := twoDigits(s, 4)
	if !ok1 || !ok2 || h > 23 || m > 59 {
		return 0, false
	}
	if s[0] == '-' {
		return -(h*60 + m), true
	}
	return h*60 + m, true
}

func twoDigits(s string, at int) (int, bool) {
	if len(s) < at+2 || !isDigit(s[at]) || !isDigit(s[at+1]) {
		return 0, false
	}
	return int(s[at]-'0')*10 + int(s[at+1]-'0'), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// isMapLanguage is the key of a language map in the tolerant schemas: ll or ll-CC.
func isMapLanguage(s string) bool {
	return len(s) == 2 && all(s, isLower) || len(s) == 5 && all(s[:2], isLower) && s[2] == '-' && all(s[3:], isUpper)
}

// isLanguageCode is LanguageCode of Open Badges 3.0: a BCP 47 subset of language, script and region, case-sensitive.
func isLanguageCode(s string) bool {
	parts := strings.Split(s, "-")
	if n := len(parts[0]); n < 2 || n > 4 || !all(parts[0], isLower) {
		return false
	}
	parts = parts[1:]
	if len(parts) > 0 && len(parts[0]) == 4 && isUpper(parts[0][0]) && all(parts[0][1:], isLower) {
		parts = parts[1:]
	}
	if len(parts) > 0 && (len(parts[0]) == 2 && all(parts[0], isUpper) || len(parts[0]) == 3 && all(parts[0], isDigit)) {
		parts = parts[1:]
	}
	return len(parts) == 0
}

// isCompactJWS is CompactJws of Open Badges 3.0; the middle part may be empty (detached).
func isCompactJWS(s string) bool {
	header, rest, ok1 := strings.Cut(s, ".")
	payload, signature, ok2 := strings.Cut(rest, ".")
	return ok1 && ok2 && header != "" && signature != "" &&
		all(header, isBase64URL) && all(payload, isBase64URL) && all(signature, isBase64URL)
}

func isBase64URL(c byte) bool {
	return isLower(c) || isUpper(c) || isDigit(c) || c == '-' || c == '_'
}

// hasExtension is the test of the published schemas for extension terms: "ext:" and one more character, anywhere. What
// may be issued is narrower, see ob.IsExtensionTerm.
func hasExtension(s string) bool {
	for {
		_, after, ok := strings.Cut(s, "ext:")
		if !ok {
			return false
		}
		if after != "" {
			if c := after[0]; isLower(c) || isUpper(c) || isDigit(c) || c == '.' || c == '|' || c == '_' {
				return true
			}
		}
		s = after
	}
}

// fits tells whether a context URL may stand at the position.
func (p position) fits(url string) bool {
	switch p {
	case baseV2:
		return url == "https://www.w3.org/ns/credentials/v2"
	case baseV1:
		return url == contextV1
	case clrFamily:
		return isFamily(url, "https://purl.imsglobal.org/spec/clr/v2p0/context", '2')
	case obFamily:
		return isFamily(url, "https://purl.imsglobal.org/spec/ob/v3p0/context", '3')
	}
	return false
}

// isFamily matches prefix, any number of "-N.d.d" and ".json", as the published pattern does.
func isFamily(url, prefix string, major byte) bool {
	rest, ok := strings.CutPrefix(url, prefix)
	if !ok {
		return false
	}
	const revision = "-N.d.d"
	for len(rest) > len(revision) && rest[0] == '-' {
		if rest[1] != major || rest[2] != '.' || !isDigit(rest[3]) || rest[4] != '.' || !isDigit(rest[5]) {
			return false
		}
		rest = rest[len(revision):]
	}
	return rest == ".json"
}

func (p position) noun() string {
	switch p {
	case baseV2:
		return "https://www.w3.org/ns/credentials/v2"
	case baseV1:
		return contextV1
	case clrFamily:
		return "a CLR 2.0 context such as https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
	default:
		return "an Open Badges 3.0 context such as https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	}
}
