package classroom

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// scoreMaximum is what the grade book's column of an activity counts to: percent.
const scoreMaximum = 100

// chooseStep is a deep linking request that waits for a choice.
type chooseStep struct {
	System  record.ClassroomSystemID `json:"system"`
	Browser string                   `json:"browser"`
	Deploy  string                   `json:"deploy"`
	Return  string                   `json:"return"`
	Data    string                   `json:"data,omitempty"`
	Course  string                   `json:"course,omitempty"`
	Name    string                   `json:"name,omitempty"`
	Frames  []string                 `json:"frames,omitempty"`
}

// BeginChoice keeps a deep linking request while somebody chooses, and returns the secret by which the choice is made.
func (d *Desk) BeginChoice(ctx context.Context, browser string, l *Launch) (string, error) {
	token := rand.Text()
	return token, d.begin(ctx, stepChoose, token, chooseStep{System: l.System.ID, Browser: record.Sum([]byte(browser)), Deploy: l.Deploy, Return: l.Return, Data: l.Data, Course: l.Course, Name: l.Name, Frames: l.Frames})
}

// Choice is what was chosen: an achievement of the catalogue by code, name or address, and the percentage from which it is
// earned.
type Choice struct {
	Token, Achievement string
	Least              int
}

// Chosen is the answer that the browser carries back to the platform.
type Chosen struct {
	Return string
	JWT    string
	Frames []string
	Again  string // the request is kept for another try when the choice was refused
}

// Catalogue lists the achievements that may be chosen, for a launch that was checked.
func (d *Desk) Catalogue(ctx context.Context, institution record.InstitutionID) ([]record.Achievement, error) {
	return d.Registrar.Catalogue(ctx, record.System(institution), "")
}

// Choose makes the award rule and the activity, and signs the answer (Deep Linking 2.0, 4.5). With an error of kind Invalid
// the choice can be made again by Chosen.Again.
func (d *Desk) Choose(ctx context.Context, browser string, c Choice) (*Chosen, record.InstitutionID, error) {
	const op = "classroom.Choose"
	var step chooseStep
	if err := d.take(ctx, stepChoose, c.Token, &step); err != nil {
		return nil, "", err
	}
	if subtle.ConstantTimeCompare([]byte(step.Browser), []byte(record.Sum([]byte(browser)))) != 1 {
		return nil, "", refused(record.Invalid, CodeStale, "this choice began in another browser")
	}
	out := &Chosen{Return: step.Return, Frames: step.Frames}
	var s *record.ClassroomSystem
	var link *record.ClassroomLink
	var about *record.Achievement
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.ClassroomSystem(ctx, step.System); err != nil {
			return err
		}
		link, about, err = d.addLink(ctx, tx, s, &step, c)
		return err
	})
	if record.KindOf(err) == record.Invalid && record.CodeOf(err) == "" && s != nil {
		out.Again = rand.Text()
		if again := d.begin(ctx, stepChoose, out.Again, step); again != nil {
			return nil, "", again
		}
		return out, s.Institution, err
	}
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	out.JWT, err = d.sign(ctx, d.contentItem(s, &step, link, about))
	return out, s.Institution, err
}

func (d *Desk) addLink(ctx context.Context, tx *store.Tx, s *record.ClassroomSystem, step *chooseStep, c Choice) (*record.ClassroomLink, *record.Achievement, error) {
	const op = "classroom.addLink"
	if s.Off {
		return nil, nil, refused(record.Forbidden, CodePlatform, "this platform is switched off")
	}
	if c.Least < 0 || c.Least > scoreMaximum {
		return nil, nil, record.Errorf(record.Invalid, op, "the result from which it is earned is a percentage from 0 to 100")
	}
	where := step.Course
	if where == "" {
		where = s.Name
	}
	r := &record.AwardRule{Institution: s.Institution, CreatedBy: s.CreatedBy, Name: clipBytes(s.Name+": "+where, maxName)}
	if err := d.Registrar.AddResultRule(ctx, tx, r, c.Achievement); err != nil {
		return nil, nil, err
	}
	about, err := tx.AchievementByIRI(ctx, s.Institution, r.Target)
	if err != nil {
		return nil, nil, err
	}
	k := &record.ClassroomLink{ID: record.ClassroomLinkID(record.NewID()), System: s.ID, Rule: r.ID, Course: step.Course, ChosenBy: step.Name, Least: c.Least, CreatedAt: d.now()}
	if err := tx.AddClassroomLink(ctx, k); err != nil {
		return nil, nil, err
	}
	return k, about, d.event(ctx, tx, record.System(s.Institution), s.Institution, "classroom.linked", "rule/"+string(r.ID), map[string]string{"system": string(s.ID), "course": k.Course, "chosenBy": k.ChosenBy})
}

// clipBytes cuts a text at a character.
func clipBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return s[:most]
}

// contentItem is the answer to a deep linking request: one activity with a column of the grade book.
func (d *Desk) contentItem(s *record.ClassroomSystem, step *chooseStep, k *record.ClassroomLink, about *record.Achievement) map[string]any {
	now := d.now()
	claims := map[string]any{
		"iss": s.ClientID, "aud": s.Issuer, "sub": s.ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": rand.Text(), "jti": rand.Text(),
		claimDeployment:              step.Deploy,
		claimPrefix + "message_type": "LtiDeepLinkingResponse",
		claimPrefix + "version":      "1.3.0",
		"https://purl.imsglobal.org/spec/lti-dl/claim/content_items": []any{map[string]any{
			"type": "ltiResourceLink", "title": about.Name, "url": d.PublicURL + LaunchPath,
			"custom":   map[string]any{"laurel_link": string(k.ID)},
			"lineItem": map[string]any{"scoreMaximum": scoreMaximum, "label": about.Name, "resourceId": string(k.ID), "tag": "laurel"},
		}},
	}
	if step.Data != "" {
		claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] = step.Data
	}
	return claims
}
