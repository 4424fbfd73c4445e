package roster

import (
	"bytes"
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/upgrade"
)

func suitsCLR1(files []File) bool {
	return suitsForm(files, func(f upgrade.Form, _ string) bool { return f == upgrade.CLR10 || f == upgrade.CLRSet })
}

func suitsOB2(files []File) bool {
	assertions := 0
	return suitsForm(files, func(f upgrade.Form, class string) bool {
		if class == "Assertion" {
			assertions++
		}
		return f != upgrade.None && f != upgrade.CLR10 && f != upgrade.CLRSet
	}) && assertions > 0
}

// badgeParts are the documents of an upload that assertions name by their address: badge classes and issuers.
func badgeParts(files []File) (map[string][]byte, error) {
	parts := map[string][]byte{}
	for _, f := range files {
		root, err := parseJSON(f)
		if err != nil {
			return nil, err
		}
		if form, class := upgrade.Detect(root); form != upgrade.None && class != "Assertion" && class != "Clr" && root.Get("id").Text() != "" {
			parts[root.Get("id").Text()] = f.Data
		}
	}
	return parts, nil
}

// suitsForm asks package upgrade what each document is.
func suitsForm(files []File, is func(upgrade.Form, string) bool) bool {
	for _, f := range files {
		if !bytes.HasPrefix(bytes.TrimSpace(f.Data), []byte("{")) {
			return false
		}
		root, err := parseJSON(f)
		if err != nil || !is(upgrade.Detect(root)) {
			return false
		}
	}
	return len(files) > 0
}

// upgraded reads Comprehensive Learner Records 1.0 and Open Badges 2.0 through the reading that package upgrade gives of
// them (users' guide, sections 4.8 and 4.9). The awards are drafts to be stated again: by the institution that published
// the original as its own, by any other as recorded from there.
type upgraded struct {
	*builder
	file string
	rows int
	keys map[string]string // achievement id → key
	kept []clr.Association
}

// readOB3 reads Open Badges 3.0 and Comprehensive Learner Records 2.0, signed or not.
func readOB3(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &upgraded{builder: newBuilder(opts), keys: map[string]string{}}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := parseJSON(f)
		if err != nil {
			return nil, err
		}
		root = credentialOf(root)
		if !isRecord(root) {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s is no Open Badges 3.0 credential and no Comprehensive Learner Record 2.0", f.Name)
		}
		r.file = f.Name
		r.table.Findings = append(r.table.Findings, record.Finding{File: f.Name, Severity: SeverityInfo, Code: "not_verified",
			Say: f.Name + ": an import does not check signatures. Check the file under “Check a record” before its drafts are approved."})
		r.credential(root)
	}
	r.associations()
	r.table.Rows = r.rows
	return r.table, nil
}

func readUpgraded(ctx context.Context, files []File, opts *Options) (*Table, error) {
	r := &upgraded{builder: newBuilder(opts), keys: map[string]string{}}
	parts, err := badgeParts(files)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		root, err := parseJSON(f)
		if err != nil {
			return nil, err
		}
		if _, part := parts[root.Get("id").Text()]; part {
			continue
		}
		res, err := upgrade.Upgrade(root, &upgrade.Options{Document: func(url string) ([]byte, bool) { b, ok := parts[url]; return b, ok }})
		if err != nil {
			return nil, record.Errorf(record.Invalid, "roster.Read", "%s: %v", f.Name, err)
		}
		doc, err := ijson.Parse(res.Credential, &ijson.Options{MaxBytes: MaxFileBytes})
		if err != nil {
			return nil, record.Wrap("roster.Read", err)
		}
		r.file = f.Name
		r.losses(res.Losses)
		r.credential(doc.Root())
	}
	r.associations()
	r.table.Rows = r.rows
	return r.table, nil
}

// maxLosses bounds how many losses are told one by one; they repeat themselves once for every part of a record.
const maxLosses = 20

func (r *upgraded) losses(all []upgrade.Loss) {
	said := map[string]int{}
	for _, l := range all {
		said[l.Message]++
		if said[l.Message] > 1 || len(said) > maxLosses {
			continue
		}
		r.table.Findings = append(r.table.Findings, record.Finding{File: r.file, Severity: SeverityInfo, Code: "not_carried_over", Column: l.Pointer,
			Say: r.file + " " + l.Pointer + ": " + l.Message})
	}
}

// credential reads an unsigned ClrCredential or AchievementCredential.
func (r *upgraded) credential(v ijson.Value) {
	whole := clr.Read(v)
	parts := v.At("/credentialSubject/verifiableCredential")
	if parts.Kind() != ijson.Array {
		r.rows++
		r.part(v, ob.ReadAchievementCredential(v).Issuer, nil)
		return
	}
	for part := range parts.Elements() {
		r.rows++
		r.part(part, whole.Issuer, whole.CredentialSubject.Identifier)
	}
	r.kept = append(r.kept, whole.CredentialSubject.Association...)
}

// part makes an achievement, a learner and an award of one achievement credential.
func (r *upgraded) part(v ijson.Value, publisher ob.Profile, owner []ob.IdentityObject) {
	at := place{r.file, r.rows}
	c := ob.ReadAchievementCredential(v)
	a := c.CredentialSubject.Achievement
	if a == nil || a.Name == "" {
		r.say(at, "achievement", SeverityError, "required_missing", "", "", "the part has no achievement with a name; it is left out.")
		r.reject(r.rows)
		return
	}
	learner, ok := r.who(at, c.CredentialSubject, owner)
	if !ok {
		r.reject(r.rows)
		return
	}
	key := r.catalogue(at, *a, publisher)
	d := r.detail(at, &c)
	if name := publisher.Name; !strings.EqualFold(name, r.opts.Institution) {
		d.Source = &record.Source{Name: "Recorded from " + cmp.Or(name, publisher.ID), URL: publisher.ID}
	}
	r.award(cmp.Or(c.ID, learner+"|"+key+"|"+d.AwardedOn), learner, key, at, d)
}

// catalogue keeps an achievement under its own id as an identifier; ids of achievements are ours. In the field one id is
// used for several achievements, so the name is part of the key.
func (r *upgraded) catalogue(at place, a ob.Achievement, publisher ob.Profile) string {
	key := "upgraded/" + cmp.Or(a.ID, publisher.Name) + "|" + a.Name
	if _, seen := r.keys[a.ID]; !seen && a.ID != "" {
		r.keys[a.ID] = key
		a.OtherIdentifier = append(a.OtherIdentifier, ob.IdentifierEntry{Type: "IdentifierEntry", Identifier: a.ID, IdentifierType: ob.IdentifierGeneric})
	}
	a.ID, a.AchievementType = "", cmp.Or(a.AchievementType, "Achievement")
	a.Endorsement, a.EndorsementJWT, a.Related = nil, nil, nil // signed by others about another id
	r.achievement(key, at, a)
	return key
}

// who finds the learner of a part: the identifiers of the part, else of the record.
func (r *upgraded) who(at place, s ob.AchievementSubject, owner []ob.IdentityObject) (string, bool) {
	l := Learner{File: at.file, Row: at.row}
	for _, id := range append(append([]ob.IdentityObject{}, s.Identifier...), owner...) {
		value := id.IdentityHash
		switch {
		case value == "" || id.Hashed:
		case id.IdentityType == ob.IdentifierName || id.IdentityType == "ext:name":
			l.Name.Display = cmp.Or(l.Name.Display, value)
		case id.IdentityType == ob.IdentifierEmail:
			l.Email = cmp.Or(l.Email, value)
		case id.IdentityType == ob.IdentifierNationalID:
			r.drop("learner/nationalIdentityNumber")
		default:
			l.Identifiers = append(l.Identifiers, record.Identifier{Type: string(id.IdentityType), Value: value})
			l.Key = cmp.Or(l.Key, value)
		}
	}
	l.Key = cmp.Or(l.Key, l.Email, s.ID, l.Name.Display)
	if l.Key == "" {
		r.say(at, "recipient", SeverityError, "unknown_learner", "", "", "the part names nobody in the open: its recipient is hashed. Say whose it is in a CSV file.")
		return "", false
	}
	if l.Name.Display == "" {
		l.Name.Display = cmp.Or(l.Email, l.Key)
		if _, said := r.learners[l.Key]; !said {
			r.say(at, "learner", SeverityWarning, "name_missing", l.Key, "", "%s is named by no name; correct it before issuing.", l.Key)
		}
	}
	r.learner(l)
	return l.Key, true
}

func (r *upgraded) detail(at place, c *ob.AchievementCredential) record.AwardDetail {
	s := &c.CredentialSubject
	d := record.AwardDetail{AwardedOn: r.date(at, "awardedDate", cmp.Or(c.AwardedDate, c.ValidFrom).Day()), Expires: r.date(at, "validUntil", c.ValidUntil.Day()),
		ActivityStart: s.ActivityStartDate.Day(), ActivityEnd: s.ActivityEndDate.Day(), Term: s.Term, Role: s.Role, LicenseNumber: s.LicenseNumber, Narrative: s.Narrative}
	if s.CreditsEarned != nil {
		d.Credits = strconv.FormatFloat(*s.CreditsEarned, 'f', -1, 64)
	}
	for _, e := range c.Evidence {
		d.Evidence = append(d.Evidence, record.Evidence{URL: e.ID, Name: e.Name, Narrative: e.Narrative, Description: e.Description, Genre: e.Genre, Audience: e.Audience})
	}
	for _, x := range s.Result {
		result := record.Result{Description: x.ResultDescription, Value: x.Value, AchievedLevel: x.AchievedLevel, Status: string(x.Status)}
		for _, al := range x.Alignment {
			result.Alignments = append(result.Alignments, record.Alignment{Name: al.TargetName, URL: al.TargetURL, Code: al.TargetCode, Framework: al.TargetFramework, Type: string(al.TargetType)})
		}
		for _, rd := range s.Achievement.ResultDescription {
			if rd.ID == x.ResultDescription {
				result.Name = rd.Name
			}
		}
		d.Results = append(d.Results, result)
	}
	return d
}

// associations keeps those of which both ends are in the files.
func (r *upgraded) associations() {
	outside := 0
	for _, a := range r.kept {
		from, ok := r.keys[a.SourceID]
		to, also := r.keys[a.TargetID]
		if !ok || !also {
			outside++
			continue
		}
		r.relate(string(a.AssociationType), from, to, place{file: r.file})
	}
	if outside > 0 {
		r.say(place{file: r.file}, "associations", SeverityInfo, "unknown_achievement", "", "", "%d relations point at achievements that are not in the file; they are left out.", outside)
	}
}
