package verify

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/vc"
	"github.com/openlaurel/laurel/vcjose"
)

func itoa(i int) string { return strconv.Itoa(i) }

// open reads the input down to a tree of credentials. What cannot be read leaves a finding and no document.
func (r *run) open(input []byte) *credential {
	c := &credential{run: r, report: r.newReport("")}
	r.most = r.opts.mostCredentials(len(input))
	switch {
	case len(input) == 0:
		c.add("format.empty", "")
		return c
	case len(input) > r.opts.MaxBytes:
		c.add("format.too-large", "", len(input))
		return c
	}
	how := sniff(input)
	c.report.Carrier = string(how)
	payload := input
	if unbake, ok := unbakers[how]; ok {
		var err error
		if payload, err = unbake(input); err != nil {
			c.addUnbaking(how, err)
			return c
		}
		how = sniff(payload)
	}
	c.openPayload(how, payload)
	return c
}

// unbakers take the credential out of what it was baked into.
var unbakers = map[carrier]func([]byte) ([]byte, error){
	carrierPNG: bake.Unbake,
	carrierSVG: bake.Unbake,
	carrierPDF: bake.Unbake,
}

func (c *credential) addUnbaking(how carrier, err error) {
	name := strings.ToUpper(string(how))
	switch {
	case errors.Is(err, bake.ErrNoCredential):
		c.add("format.no-credential", "", name)
	case errors.Is(err, bake.ErrSeveral):
		c.add("format.two-credentials", "", name)
	default:
		c.add("format.carrier-damaged", "", name, plain(err))
	}
}

func (c *credential) openPayload(how carrier, payload []byte) {
	switch how {
	case carrierJSON:
		c.openJSON(payload)
	case carrierJWT, carrierSDJWT:
		c.openToken(bytes.TrimSpace(payload))
	case carrierJWE:
		c.add("format.encrypted", "")
	case carrierCOSE:
		c.openToken(payload)
	case carrierLink:
		c.openLink(string(bytes.TrimSpace(payload)))
	default:
		c.add("format.unrecognised", "")
	}
}

func (c *credential) openJSON(payload []byte) {
	doc, err := ijson.Parse(payload, &ijson.Options{MaxBytes: c.opts.MaxBytes})
	if err != nil {
		c.addJSON(err)
		return
	}
	root := doc.Root()
	switch root.Kind() {
	case ijson.Object:
		if parts := delivered(root); parts != nil {
			c.openDelivery(parts)
			return
		}
		c.openObject(root)
	case ijson.String: // a token or an address in quotes
		if how := sniffToken(root.Text()); how == carrierJWT || how == carrierSDJWT || how == carrierCOSE {
			c.openToken([]byte(root.Text()))
			return
		}
		fallthrough
	default:
		c.add("format.not-an-object", "", kindWord(root.Kind()))
	}
}

func kindWord(k ijson.Kind) string {
	switch k {
	case ijson.Array:
		return "list"
	case ijson.String:
		return "text"
	case ijson.Number:
		return "number"
	case ijson.Bool:
		return "yes or no"
	}
	return "null"
}

// addJSON says which rule of I-JSON the text breaks, and where.
func (c *credential) addJSON(err error) {
	var se *ijson.SyntaxError
	if !errors.As(err, &se) {
		c.add("format.json-syntax", "", plain(err))
		return
	}
	where := se.Msg + " (line " + itoa(se.Line) + ", column " + itoa(se.Column) + ")"
	switch se.Reason {
	case ijson.ReasonEncoding:
		c.add("format.json-encoding", se.Pointer, where)
	case ijson.ReasonDuplicate:
		c.add("format.json-duplicate-name", se.Pointer, where)
	case ijson.ReasonNumber:
		c.add("format.json-number", se.Pointer, where)
	case ijson.ReasonLimit:
		c.add("format.json-limit", se.Pointer, where)
	default:
		c.add("format.json-syntax", se.Pointer, where)
	}
}

// openObject lays the view over a JSON object and reads what is inside it.
func (c *credential) openObject(v ijson.Value) {
	if form := legacyForm(v); form != "" {
		c.openLegacy(form, v)
		return
	}
	d := vc.FromValue(v)
	if d.Kind == vc.KindEnvelopedCredential || d.Kind == vc.KindEnvelopedPresentation {
		_, token, ok := d.EnvelopedToken()
		if !ok {
			c.add("format.token-malformed", "/id", "the id is no data: URL with a token")
			return
		}
		c.openToken([]byte(token))
		return
	}
	if c.report.Carrier == "" {
		c.report.Carrier = string(carrierJSON)
	}
	c.setDocument(d)
}

func (c *credential) openToken(raw []byte) {
	if c.report.Carrier == "" || c.report.Carrier == string(carrierJSON) {
		c.report.Carrier = string(sniffToken(string(raw)))
	}
	parsed, err := vcjose.Parse(raw)
	if err != nil {
		c.addToken(err)
		return
	}
	if c.openLegacyToken(parsed) {
		return
	}
	c.token = newToken(parsed)
	c.report.Proof = "jwt:" + quotable(parsed.JWS.Algorithm)
	if parsed.Form == vcjose.COSE {
		c.report.Proof = "cose:" + quotable(parsed.JWS.Algorithm)
	}
	if parsed.Value.Kind() != ijson.Object {
		c.add("format.not-an-object", "", kindWord(parsed.Value.Kind()))
		return
	}
	c.setDocument(vc.FromValue(parsed.Value))
}

func (c *credential) addToken(err error) {
	var je *jose.Error
	var se *ijson.SyntaxError
	switch {
	case errors.Is(err, vcjose.ErrSDJWTVC):
		c.add("format.sd-jwt-vc", "")
	case errors.Is(err, vcjose.ErrIDToken):
		c.add("format.id-token", "")
	case errors.Is(err, vcjose.ErrNotCredential):
		c.add("format.other-token", "")
	case errors.As(err, &je):
		switch je.Reason {
		case jose.Encrypted:
			c.add("format.encrypted", "")
		case jose.Header, jose.Critical:
			c.add("proof.header", "", je.Msg)
		case jose.Algorithm:
			c.add("proof.algorithm", "", je.Msg)
		default:
			c.add("format.token-malformed", "", je.Msg)
		}
	case errors.As(err, &se):
		c.addJSON(se)
	default:
		c.add("format.token-malformed", "", plain(err))
	}
}

// plain is an error's text without the package's name, as it may stand in a sentence.
func plain(err error) string {
	s := err.Error()
	if i := strings.Index(s, ": "); i > 0 && !strings.ContainsAny(s[:i], " /") {
		s = s[i+2:]
	}
	return s
}
