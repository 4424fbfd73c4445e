package registrar

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// An experience is written down by the office and confirmed, through a link in a mail and without an account, by the
// person who saw it. The confirmation is evidence in a draft, which is approved and signed like every other.

const (
	attestLife   = 30 * 24 * time.Hour
	maxWho       = 200  // characters of a name, a role, an organisation
	maxTold      = 4000 // characters of a description or an answer
	maxHours     = 20_000
	aheadOfUTC   = 14 * time.Hour // where the day begins first, it is tomorrow already
	attestSource = "experience"
)

// ExperienceEntry is what the office enters.
type ExperienceEntry struct {
	Person      string // id, key of the student system or e-mail of a person in the register
	Achievement string // id, address, code or name of an achievement of the catalogue
	Body        record.ExperienceBody
}

// ExperienceView is an experience with the names that a page shows.
type ExperienceView struct {
	record.Experience
	LearnerName, AchievementName string
	Over                         bool             // it was not answered in time
	Mail                         *record.Delivery // of the question
}

func checkExperience(op string, b *record.ExperienceBody, now time.Time) error {
	for _, f := range []struct {
		what  string
		value *string
		least int
		most  int
	}{{"the organisation", &b.Organization, 1, maxWho}, {"the role", &b.Role, 1, maxWho}, {"the supervisor's name", &b.Supervisor, 1, maxWho}, {"the description", &b.Narrative, 0, maxTold}} {
		*f.value = strings.TrimSpace(*f.value)
		if err := checkText(op, f.what, *f.value, f.least, f.most); err != nil {
			return err
		}
	}
	start, err := time.Parse(time.DateOnly, b.Start)
	if err != nil {
		return record.Errorf(record.Invalid, op, "%q is not a day on which it began; write it like 2026-05-20", b.Start)
	}
	end, err := time.Parse(time.DateOnly, b.End)
	if err != nil {
		return record.Errorf(record.Invalid, op, "%q is not a day on which it ended; write it like 2026-05-20", b.End)
	}
	if end.Before(start) {
		return record.Errorf(record.Invalid, op, "it ends (%s) before it begins (%s)", b.End, b.Start)
	}
	if tomorrow := now.Add(aheadOfUTC).Format(time.DateOnly); b.End > tomorrow {
		return record.Errorf(record.Invalid, op, "it ends in the future (%s); enter it when it has ended", b.End)
	}
	if b.Hours = strings.TrimSpace(b.Hours); b.Hours != "" {
		if n, err := strconv.ParseFloat(b.Hours, 64); err != nil || !(n > 0 && n <= maxHours) {
			return record.Errorf(record.Invalid, op, "%q is not a number of hours from 1 to %d", b.Hours, maxHours)
		}
	}
	if b.Email, err = mail.Address(b.Email); err != nil {
		return record.Errorf(record.Invalid, op, "the supervisor's address is not a mail address, such as name@example.org")
	}
	return nil
}

// AddExperience writes an experience down and asks its supervisor.
func (d *Desk) AddExperience(ctx context.Context, actor record.Actor, in ExperienceEntry) (record.ExperienceID, error) {
	const op = "registrar.AddExperience"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return "", err
	}
	if err := checkExperience(op, &in.Body, d.now()); err != nil {
		return "", err
	}
	if err := d.notAhead(op, "the day on which it ended", in.Body.End); err != nil {
		return "", err
	}
	id := record.ExperienceID(record.NewOrderedID())
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, a, err := d.named(ctx, tx, op, actor, in.Person, in.Achievement)
		if err != nil {
			return err
		}
		if strings.EqualFold(l.Email, in.Body.Email) {
			return record.Errorf(record.Invalid, op, "this is the learner's own address; somebody else who saw it must confirm it")
		}
		e := &record.Experience{ID: id, Institution: actor.Institution, Learner: l.ID, Achievement: a.ID, Body: in.Body, State: record.ExperienceAsked,
			CreatedBy: actor.Account, CreatedAt: d.now(), ExpiresAt: d.now().Add(attestLife)}
		if err := tx.AddExperience(ctx, e); err != nil {
			return err
		}
		if _, err := d.deliver(ctx, tx, &record.Delivery{Institution: actor.Institution, Learner: l.ID, Kind: record.DeliverAttest, About: string(id), Address: in.Body.Email, CreatedBy: actor.Account}); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: actor.Institution}, "experience.entered", "experience/"+string(id), l.ID, nil)
	})
	return id, record.Wrap(op, err)
}

// named finds a person of the register and an achievement of the catalogue, as people name them.
func (d *Desk) named(ctx context.Context, tx *store.Tx, op string, actor record.Actor, person, achievement string) (*record.Learner, *record.Achievement, error) {
	i, err := tx.Institution(ctx, actor.Institution)
	if err != nil {
		return nil, nil, err
	}
	e := &entering{d: d, tx: tx, actor: actor, institution: i, seen: map[string]bool{}}
	l, refused, err := e.person(ctx, &Entry{Person: strings.TrimSpace(person)})
	if err == nil && refused != "" {
		if person = strings.TrimSpace(person); person != "" {
			refused = "nobody in the register has the number or e-mail “" + clipReason(person) + "”; look the person up under People"
		}
		err = record.Errorf(record.Invalid, op, "%s", refused)
	}
	if err != nil {
		return nil, nil, err
	}
	a, refused, err := e.achievement(ctx, strings.TrimSpace(achievement))
	if err == nil && refused != "" {
		err = record.Errorf(record.Invalid, op, "%s", refused)
	}
	return l, a, err
}

// attestLetter asks a supervisor.
func (d *Desk) attestLetter(ctx context.Context, tx *store.Tx, i *record.Institution, v *record.Delivery, letter *mail.Letter) error {
	e, err := tx.Experience(ctx, record.ExperienceID(v.About))
	if err != nil || e.State != record.ExperienceAsked {
		return err
	}
	token := rand.Text()
	letter.Name, letter.Link = "mail.attest", i.Root()+"/attest/"+token
	letter.Args["Supervisor"] = e.Body.Supervisor
	letter.Language = i.Profile.Language // the learner's says nothing about the supervisor
	e.ExpiresAt = d.now().Add(attestLife)
	if err := tx.ChangeExperience(ctx, e); err != nil {
		return err
	}
	return tx.AddCode(ctx, record.Sum([]byte(token)), v.ID, e.ExpiresAt)
}

// Attesting is what a supervisor who was asked sees.
type Attesting struct {
	Learner, House, Achievement, Description string
	Body                                     record.ExperienceBody
	Until                                    time.Time

	id record.ExperienceID
}

// Attesting reads the question behind a link. A link that is over, was answered or never was looks alike.
func (d *Desk) Attesting(ctx context.Context, token string) (*Attesting, error) {
	const op = "registrar.Attesting"
	var out *Attesting
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = d.attesting(ctx, tx, op, token)
		return err
	})
	return out, record.Wrap(op, err)
}

func (d *Desk) attesting(ctx context.Context, tx *store.Tx, op, token string) (*Attesting, error) {
	gone := record.Errorf(record.Gone, op, "this link is not open: it was used, it has ended, or it never was")
	id, err := tx.CodeOf(ctx, record.Sum([]byte(token)), d.now())
	if record.KindOf(err) == record.NotFound {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	v, err := tx.Letter(ctx, id)
	if err != nil {
		return nil, err
	}
	if v.Kind != record.DeliverAttest {
		return nil, gone
	}
	e, err := tx.Experience(ctx, record.ExperienceID(v.About))
	if err != nil {
		return nil, err
	}
	if e.State != record.ExperienceAsked {
		return nil, gone
	}
	l, err := tx.Learner(ctx, e.Learner)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, e.Institution)
	if err != nil {
		return nil, err
	}
	a, err := tx.Achievement(ctx, e.Achievement)
	if err != nil {
		return nil, err
	}
	body, err := readBody(a)
	return &Attesting{Learner: l.Name.Display, House: i.Name, Achievement: a.Name, Description: body.Description, Body: e.Body, Until: e.ExpiresAt, id: e.ID}, err
}

// Attest keeps what a supervisor said, once. A confirmation makes a draft.
func (d *Desk) Attest(ctx context.Context, token string, confirmed bool, said record.ExperienceAnswer) error {
	const op = "registrar.Attest"
	said = record.ExperienceAnswer{Name: strings.TrimSpace(said.Name), Role: strings.TrimSpace(said.Role), Text: strings.TrimSpace(said.Text)}
	least := 1
	if confirmed {
		least = 0
	}
	for _, err := range []error{checkText(op, "your name", said.Name, 1, maxWho), checkText(op, "your role", said.Role, 0, maxWho), checkText(op, "why you do not confirm it", said.Text, least, maxTold)} {
		if err != nil {
			return err
		}
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		asked, err := d.attesting(ctx, tx, op, token)
		if err != nil {
			return err
		}
		id, err := tx.UseCode(ctx, record.Sum([]byte(token)), d.now())
		if err != nil {
			return err
		}
		e, err := tx.Experience(ctx, asked.id)
		if err != nil {
			return err
		}
		e.State, e.Answer, e.AnsweredAt = record.ExperienceDeclined, said, d.now()
		if confirmed {
			e.State = record.ExperienceConfirmed
			if e.Award, err = d.draftExperience(ctx, tx, e); err != nil {
				return err
			}
		}
		if err := tx.ChangeExperience(ctx, e); err != nil {
			return err
		}
		v, err := tx.Letter(ctx, id)
		if err != nil {
			return err
		}
		v.State, v.DoneAt = record.DeliveryDone, d.now()
		if err := tx.ChangeLetter(ctx, v); err != nil {
			return err
		}
		return d.event(ctx, tx, record.Actor{}, &record.Institution{ID: e.Institution}, "experience."+string(e.State), "experience/"+string(e.ID), e.Learner, map[string]string{"award": string(e.Award)})
	})
	return record.Wrap(op, err)
}

// draftExperience makes the draft of a confirmed experience. Whoever entered it prepared it, so that another approves.
func (d *Desk) draftExperience(ctx context.Context, tx *store.Tx, e *record.Experience) (record.AwardID, error) {
	by := e.Answer.Name
	if e.Answer.Role != "" {
		by += ", " + e.Answer.Role
	}
	told := "Confirmed by " + by + " (" + e.Body.Organization + ") on " + e.AnsweredAt.Format(time.DateOnly) + ", through a link sent to the address that the institution has."
	if e.Answer.Text != "" {
		told += "\n\n" + e.Answer.Text
	}
	narrative := e.Body.Narrative
	if e.Body.Hours != "" {
		narrative = strings.TrimSpace(e.Body.Hours + " hours at " + e.Body.Organization + ".\n\n" + narrative)
	}
	return d.draftEntered(ctx, tx, e.CreatedBy, e.Institution, e.Learner, e.Achievement, sourceKey(attestSource, string(e.ID)), attestSource, record.AwardDetail{
		AwardedOn: e.Body.End, ActivityStart: e.Body.Start, ActivityEnd: e.Body.End, Role: e.Body.Role, Narrative: narrative,
		Source:   &record.Source{Name: e.Body.Organization},
		Evidence: []record.Evidence{{Name: "Confirmation by the supervisor", Genre: "Confirmation", Narrative: told}},
	})
}

// draftEntered writes an award that waits for approval.
func (d *Desk) draftEntered(ctx context.Context, tx *store.Tx, by record.AccountID, i record.InstitutionID, l record.LearnerID, a record.AchievementID, key, source string, detail record.AwardDetail) (record.AwardID, error) {
	if err := checkDetail("registrar.draftEntered", &detail); err != nil {
		return "", err
	}
	aw := &record.Award{ID: record.AwardID(record.NewOrderedID()), Institution: i, Learner: l, Achievement: a, SourceKey: key, Source: source, Revision: 1, Hash: hashOf([]any{l, a, detail}),
		State: record.AwardDraft, Detail: detail, CredentialID: record.NewID(), PreparedBy: by, CreatedAt: d.now(), UpdatedAt: d.now()}
	return aw.ID, tx.AddAward(ctx, aw)
}

// Experiences lists experiences, newest first, at most MaxPage.
func (d *Desk) Experiences(ctx context.Context, actor record.Actor) ([]ExperienceView, error) {
	const op = "registrar.Experiences"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []ExperienceView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Experiences(ctx, actor.Institution, MaxPage)
		if err != nil {
			return err
		}
		for _, e := range all {
			v, err := d.experienceView(ctx, tx, e)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

func (d *Desk) experienceView(ctx context.Context, tx *store.Tx, e *record.Experience) (*ExperienceView, error) {
	l, err := tx.Learner(ctx, e.Learner)
	if err != nil {
		return nil, err
	}
	a, err := tx.Achievement(ctx, e.Achievement)
	if err != nil {
		return nil, err
	}
	v, err := optional(tx.LetterAbout(ctx, e.Learner, record.DeliverAttest, string(e.ID)))
	return &ExperienceView{*e, l.Name.Display, a.Name, e.State == record.ExperienceAsked && !e.ExpiresAt.After(d.now()), v}, err
}

// WithdrawExperience takes a question back: its link closes.
func (d *Desk) WithdrawExperience(ctx context.Context, actor record.Actor, id record.ExperienceID) error {
	const op = "registrar.WithdrawExperience"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		e, err := tx.Experience(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, e.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if e.State != record.ExperienceAsked {
			return record.Errorf(record.Conflict, op, "this experience is %s; only a question that is open can be taken back", e.State)
		}
		e.State = record.ExperienceWithdrawn
		if err := tx.ChangeExperience(ctx, e); err != nil {
			return err
		}
		v, err := optional(tx.LetterAbout(ctx, e.Learner, record.DeliverAttest, string(e.ID)))
		if err != nil {
			return err
		}
		if v != nil {
			v.State = record.DeliveryDone
			if err := tx.ChangeLetter(ctx, v); err != nil {
				return err
			}
			if err := tx.DropCodes(ctx, v.ID); err != nil {
				return err
			}
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: e.Institution}, "experience.withdrawn", "experience/"+string(id), e.Learner, nil)
	})
	return record.Wrap(op, err)
}
