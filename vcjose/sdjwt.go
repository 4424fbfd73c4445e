package vcjose

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // the hash functions that _sd_alg may name
	_ "crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/openlaurel/laurel/ijson"
)

const (
	// maxDisclosures bounds the disclosures of one token: every claim of a large transcript by itself.
	maxDisclosures = 10_000
	// maxDisclosureDepth bounds disclosures inside disclosures.
	maxDisclosureDepth = 64
)

// disclosure is one claim that the holder chose to show.
type disclosure struct {
	name  string // "" in an array element
	array bool
	value ijson.Value
	used  bool
}

var base64url = base64.RawURLEncoding.Strict()

// sdHashes are the names of the IANA registry that _sd_alg may have here (RFC 9901 section 4.1.1).
var sdHashes = map[string]crypto.Hash{"": crypto.SHA256, "sha-256": crypto.SHA256, "sha-384": crypto.SHA384, "sha-512": crypto.SHA512}

// disclose puts the disclosures of an SD-JWT where their digests stand in the signed payload (RFC 9901 section 7.1,
// step 3) and returns the payload that results. Every disclosure must be signed for, once.
func (c *Credential) disclose(root ijson.Value, tail []byte) (ijson.Value, error) {
	c.Form = SDJWT
	name := root.Get("_sd_alg").Text()
	if root.Has("vc") && name == "" {
		name = root.Get("vc").Get("_sd_alg").Text()
	}
	hash, ok := sdHashes[name]
	if !ok {
		return root, fmt.Errorf("vcjose: the SD-JWT's _sd_alg %q is not supported; use sha-256", clip(name))
	}
	p := &discloser{byDigest: map[string]*disclosure{}, seen: map[string]bool{}}
	parts := bytes.Split(tail, []byte{'~'})
	if len(parts) > maxDisclosures {
		return root, errors.New("vcjose: the SD-JWT has more disclosures than are read")
	}
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case last && len(part) == 0:
			continue
		case last && bytes.Count(part, []byte{'.'}) == 2:
			c.problem(Warning, KeyBindingPresent, "", "the key binding token was not checked; it belongs to a presentation")
			continue
		case last:
			c.problem(Warning, DisclosureUnsealed, "", "the last disclosure is not followed by a tilde (RFC 9901, 4)")
		}
		if err := p.add(hash, part); err != nil {
			return root, err
		}
		c.Disclosures++
	}
	out, err := p.value(nil, root, 0, true)
	if err != nil {
		return root, err
	}
	for _, d := range p.byDigest {
		if !d.used {
			return root, errors.New("vcjose: the SD-JWT holds a disclosure that its issuer has not signed for")
		}
	}
	doc, err := ijson.Parse(out, &ijson.Options{MaxBytes: 2 * maxPayload})
	if err != nil {
		return root, fmt.Errorf("vcjose: the SD-JWT's disclosures make no valid JSON: %w", err)
	}
	return doc.Root(), nil
}

// discloser rebuilds a payload.
type discloser struct {
	byDigest map[string]*disclosure
	seen     map[string]bool // digests met in the payload
}

func (p *discloser) add(hash crypto.Hash, part []byte) error {
	text := make([]byte, base64url.DecodedLen(len(part)))
	if _, err := base64url.Decode(text, part); err != nil || bytes.ContainsAny(part, "\r\n") {
		return errors.New("vcjose: a disclosure of the SD-JWT is not base64url without padding")
	}
	doc, err := ijson.Parse(text, &ijson.Options{MaxBytes: maxPayload})
	if err != nil {
		return fmt.Errorf("vcjose: a disclosure of the SD-JWT is not JSON: %w", err)
	}
	v := doc.Root()
	d := &disclosure{}
	switch {
	case v.Kind() != ijson.Array || !v.Index(0).IsString():
		return errors.New("vcjose: a disclosure of the SD-JWT is no array that begins with a salt")
	case v.Len() == 2:
		d.array, d.value = true, v.Index(1)
	case v.Len() == 3 && v.Index(1).IsString():
		d.name, d.value = v.Index(1).Text(), v.Index(2)
		if d.name == "_sd" || d.name == "..." {
			return fmt.Errorf("vcjose: a disclosure of the SD-JWT has the reserved name %q", d.name)
		}
	default:
		return errors.New("vcjose: a disclosure of the SD-JWT has neither two nor three elements")
	}
	h := hash.New()
	h.Write(part)
	digest := base64url.EncodeToString(h.Sum(nil))
	if p.byDigest[digest] != nil {
		return errors.New("vcjose: the SD-JWT holds a disclosure twice")
	}
	p.byDigest[digest] = d
	return nil
}

// take returns the disclosure of a digest in the payload, nil for one that the holder kept back or a decoy.
func (p *discloser) take(digest ijson.Value, array bool) (*disclosure, error) {
	if !digest.IsString() {
		return nil, errors.New("vcjose: a digest of the SD-JWT is not a string")
	}
	if p.seen[digest.Text()] {
		return nil, errors.New("vcjose: a digest stands twice in the SD-JWT")
	}
	p.seen[digest.Text()] = true
	d := p.byDigest[digest.Text()]
	if d == nil {
		return nil, nil
	}
	if d.array != array {
		return nil, errors.New("vcjose: a disclosure of the SD-JWT stands where it cannot (member and array element)")
	}
	d.used = true
	return d, nil
}

// value appends v with its digests replaced by what was disclosed.
func (p *discloser) value(dst []byte, v ijson.Value, depth int, top bool) ([]byte, error) {
	if depth > maxDisclosureDepth {
		return nil, errors.New("vcjose: the SD-JWT is nested too deeply")
	}
	switch v.Kind() {
	case ijson.Object:
		return p.object(dst, v, depth, top)
	case ijson.Array:
		return p.array(dst, v, depth)
	}
	return append(dst, v.Raw()...), nil
}

func (p *discloser) object(dst []byte, v ijson.Value, depth int, top bool) ([]byte, error) {
	dst = append(dst, '{')
	empty := true
	member := func(name string, value ijson.Value) (err error) {
		if !empty {
			dst = append(dst, ',')
		}
		empty = false
		dst = append(ijson.AppendQuoted(dst, name), ':')
		dst, err = p.value(dst, value, depth+1, false)
		return err
	}
	for name, value := range v.Members() {
		if name == "_sd" || name == "_sd_alg" && (top || depth == 1) {
			continue
		}
		if err := member(name, value); err != nil {
			return nil, err
		}
	}
	digests := v.Get("_sd")
	if digests.IsValid() && digests.Kind() != ijson.Array {
		return nil, errors.New("vcjose: a member _sd of the SD-JWT is not an array")
	}
	for digest := range digests.Elements() {
		d, err := p.take(digest, false)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		// A name that is there already makes a duplicate, which the strict reader of the result refuses.
		if err := member(d.name, d.value); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (p *discloser) array(dst []byte, v ijson.Value, depth int) ([]byte, error) {
	dst = append(dst, '[')
	empty := true
	for e := range v.Elements() {
		if e.Kind() == ijson.Object && e.Has("...") {
			if e.Len() != 1 {
				return nil, errors.New("vcjose: an array element of the SD-JWT holds more than its digest")
			}
			d, err := p.take(e.Get("..."), true)
			if err != nil {
				return nil, err
			}
			if d == nil {
				continue
			}
			e = d.value
		}
		if !empty {
			dst = append(dst, ',')
		}
		empty = false
		var err error
		if dst, err = p.value(dst, e, depth+1, false); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}
