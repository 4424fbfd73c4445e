package roster

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/vc"
)

// unbake replaces images by the credentials in them, and signed tokens (JWS) by what they say. Nothing is verified here:
// what an import says is a draft that a person looks at.
func unbake(files []File) ([]File, error) {
	out := slices.Clone(files)
	for n, f := range files {
		if isImage(f.Data) {
			credential, err := bake.Unbake(f.Data)
			if errors.Is(err, bake.ErrNoCredential) {
				return nil, record.Errorf(record.Invalid, "roster.Read", "%s is a picture without a credential in it; save the badge itself from where it was issued", f.Name)
			}
			if err != nil {
				return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %v", f.Name, err)
			}
			if bytes.HasPrefix(credential, []byte("http")) {
				return nil, record.Errorf(record.Invalid, "roster.Read", "%s only names the address of its assertion, %.200s; open that address, save what it answers, and bring that file", f.Name, credential)
			}
			out[n].Data = credential
		}
		if payload, ok := said(out[n].Data); ok {
			out[n].Data = payload
		}
	}
	return out, nil
}

// isImage tells PNG, and SVG from the other XML that is imported.
func isImage(b []byte) bool {
	switch bake.Detect(b) {
	case bake.PNG:
		return true
	case bake.SVG:
		const head = 4 << 10 // the root element comes after a declaration and comments
		return bytes.Contains(b[:min(len(b), head)], []byte("<svg"))
	}
	return false
}

// said is the payload of a compact JWS.
func said(b []byte) ([]byte, bool) {
	b = bytes.TrimSpace(b)
	parts := bytes.Split(b, []byte("."))
	if len(parts) != 3 || !bytes.HasPrefix(b, []byte("eyJ")) {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(string(parts[1]))
	return payload, err == nil
}

// credentialOf is the credential of a document; older tokens carry it in the member vc (VC Data Model 1.1, 6.3.1).
func credentialOf(v ijson.Value) ijson.Value {
	if w := v.Get("vc"); w.Kind() == ijson.Object {
		return w
	}
	return v
}

func suitsOB3(files []File) bool {
	for _, f := range files {
		if !bytes.HasPrefix(bytes.TrimSpace(f.Data), []byte("{")) {
			return false
		}
		root, err := parseJSON(f)
		if err != nil || !isRecord(credentialOf(root)) {
			return false
		}
	}
	return len(files) > 0
}

// isRecord reports whether a credential is one of Open Badges 3.0 or CLR 2.0 (their types AchievementCredential,
// OpenBadgeCredential, ClrCredential).
func isRecord(v ijson.Value) bool {
	return v.Has("credentialSubject") && slices.ContainsFunc(vc.Strings(v.Get("type")), func(t string) bool {
		return t == "AchievementCredential" || t == "OpenBadgeCredential" || t == "ClrCredential"
	})
}
