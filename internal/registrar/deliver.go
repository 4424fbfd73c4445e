package registrar

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// A delivery tells somebody that something waits. The mail names the person and the house and nothing else; a link in it
// carries a code that is made when the mail is written and of which only the hash is kept. A code opens once, and ends.

const (
	// codeLife is how long a code in a mail opens: a holiday.
	codeLife = 30 * 24 * time.Hour
	// paperLife is how long a code in a letter opens: the post, and a holiday.
	paperLife = 90 * 24 * time.Hour
	// codeLength is 80 bits of base 32: nobody guesses it through a door that counts, and a person can type it.
	codeLength = 16
	// mailTries bounds the attempts of one mailing: about two hours.
	mailTries = 9
	// tellAtOnce bounds the deliveries of one transaction, so that others can write between them.
	tellAtOnce = 200
)

// newCode makes a code that a person can type.
func newCode() string { return rand.Text()[:codeLength] }

// DeliveryView is a delivery with whose it is.
type DeliveryView struct {
	record.Delivery
	LearnerName string
	MayMail     bool // it can be sent, or sent again, to an address
}

// DeliveryPage is one page of deliveries with how many there are of each state.
type DeliveryPage struct {
	// Hosts counts connections by which learners let each new record go to another host, by where they stand.
	Hosts  map[record.HostState]int
	Rows   []DeliveryView
	Counts map[record.DeliveryState]int64
	Run    *record.Run // when only those of a run were asked for
	Untold int         // learners of that run to whom nothing was sent yet
}

// DeliveryFilter chooses deliveries; empty members choose all.
type DeliveryFilter struct {
	State record.DeliveryState
	Run   record.RunID
	After record.DeliveryID // the last of the page before
}

// Deliveries lists deliveries, newest first.
func (d *Desk) Deliveries(ctx context.Context, actor record.Actor, f DeliveryFilter) (*DeliveryPage, error) {
	const op = "registrar.Deliveries"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	out := &DeliveryPage{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		if f.Run != "" {
			if err := d.runOfPage(ctx, tx, op, actor, f.Run, out); err != nil {
				return err
			}
		}
		var before *record.Delivery
		if f.After != "" {
			last, err := tx.Letter(ctx, f.After)
			if err != nil {
				return err
			}
			if err := actor.Require(op, last.Institution, staff...); err != nil {
				return err
			}
			before = last
		}
		rows, err := tx.Letters(ctx, actor.Institution, f.State, string(f.Run), before, MaxPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			l, err := tx.Learner(ctx, r.Learner)
			if err != nil {
				return err
			}
			out.Rows = append(out.Rows, DeliveryView{*r, l.Name.Display, mayMail(r)})
		}
		if out.Hosts, err = tx.CountFollowed(ctx, actor.Institution); err != nil {
			return err
		}
		out.Counts, err = tx.CountLetters(ctx, actor.Institution, "", string(f.Run), time.Time{}, time.Time{})
		return err
	})
	return out, record.Wrap(op, err)
}

func (d *Desk) runOfPage(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.RunID, out *DeliveryPage) error {
	run, err := tx.Run(ctx, id)
	if err != nil {
		return err
	}
	if err := actor.Require(op, run.Institution, staff...); err != nil {
		return err
	}
	n, err := tx.CountUntold(ctx, id)
	out.Run, out.Untold = run, int(n)
	return err
}

// mayMail: what is done needs no mail any more, and what waits is on its way.
func mayMail(r *record.Delivery) bool {
	return r.State != record.DeliveryDone && (r.State != record.DeliveryQueued || r.Attempts > 0)
}

// Tell queues a mail to every learner of a run whose record was issued and who has no account yet, once however often it
// is asked for. Who has no address gets a letter, which waits to be printed; who has an account is told by the learner's
// own desk. It returns how many there are.
func (d *Desk) Tell(ctx context.Context, actor record.Actor, id record.RunID) (int, error) {
	const op = "registrar.Tell"
	made := 0
	var after record.LearnerID
	for {
		var items []*record.RunItem
		n := 0
		err := d.DB.Update(ctx, func(tx *store.Tx) error {
			run, err := tx.Run(ctx, id)
			if err != nil {
				return err
			}
			if err := actor.Require(op, run.Institution, record.RoleRegistrar); err != nil {
				return err
			}
			if items, err = tx.RunItems(ctx, id, after, tellAtOnce); err != nil {
				return err
			}
			if n, err = d.tellItems(ctx, tx, actor, run, items); err != nil || n == 0 {
				return err
			}
			return d.event(ctx, tx, actor, &record.Institution{ID: run.Institution}, "run.told", "run/"+string(id), "", map[string]string{"learners": formatInt(int64(n))})
		})
		if err != nil {
			return made, record.Wrap(op, err)
		}
		made += n
		if len(items) < tellAtOnce {
			return made, nil
		}
		after = items[len(items)-1].Learner
	}
}

func (d *Desk) tellItems(ctx context.Context, tx *store.Tx, actor record.Actor, run *record.Run, items []*record.RunItem) (made int, err error) {
	for _, item := range items {
		if item.State != "done" {
			continue
		}
		l, err := tx.Learner(ctx, item.Learner)
		if err != nil {
			return 0, err
		}
		has, err := optional(tx.LearnersAccount(ctx, l.ID))
		if err != nil {
			return 0, err
		}
		if has != nil {
			continue
		}
		ok, err := d.deliver(ctx, tx, &record.Delivery{Institution: run.Institution, Learner: l.ID, Kind: record.DeliverClaim, About: string(run.ID), Address: l.Email, CreatedBy: actor.Account})
		if err != nil {
			return 0, err
		}
		if ok {
			made++
		}
	}
	return made, nil
}

// deliver writes a delivery and queues its mail, or, where there is no address, leaves it for the printer. It reports
// whether it is new.
func (d *Desk) deliver(ctx context.Context, tx *store.Tx, v *record.Delivery) (bool, error) {
	v.ID, v.CreatedAt, v.State, v.Mailing = record.DeliveryID(record.NewOrderedID()), d.now(), record.DeliveryQueued, 1
	if _, err := mail.Address(v.Address); err != nil {
		v.State = record.DeliveryPaper
		if v.Address != "" {
			v.State, v.Reason = record.DeliveryFailed, "this is not a mail address; correct it"
		}
	}
	made, err := tx.AddLetter(ctx, v)
	if err != nil || !made || v.State != record.DeliveryQueued {
		return made, err
	}
	return true, d.queue(ctx, tx, v)
}

func (d *Desk) queue(ctx context.Context, tx *store.Tx, v *record.Delivery) error {
	if d.Post == nil {
		return record.Errorf(record.Unavailable, "registrar.queue", "no mail can be sent from here; do it at the desk of the running server")
	}
	return d.Post(ctx, tx, v.ID, v.Mailing)
}

// SendAgain sends a delivery again, to a corrected address where one is given. What was sent before opens nothing from
// then on. A learner's corrected address is the address in the register, too.
func (d *Desk) SendAgain(ctx context.Context, actor record.Actor, id record.DeliveryID, address string) error {
	const op = "registrar.SendAgain"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		v, err := d.ownDelivery(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if !mayMail(v) {
			return record.Errorf(record.Conflict, op, "this delivery is %s; there is nothing to send", v.State)
		}
		address = strings.TrimSpace(address)
		if address == "" {
			address = v.Address
		}
		if address, err = mail.Address(address); err != nil {
			return record.Errorf(record.Invalid, op, "%q is not a mail address, such as name@example.org", address)
		}
		if address != v.Address {
			if err := d.readdress(ctx, tx, actor, v, address); err != nil {
				return err
			}
		}
		if err := tx.DropCodes(ctx, v.ID); err != nil {
			return err
		}
		v.Address, v.State, v.Reason, v.Attempts, v.SentAt = address, record.DeliveryQueued, "", 0, time.Time{}
		v.Mailing++
		if err := tx.ChangeLetter(ctx, v); err != nil {
			return err
		}
		if err := d.queue(ctx, tx, v); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: v.Institution}, "delivery.again", "delivery/"+string(v.ID), v.Learner, map[string]string{"kind": string(v.Kind)})
	})
	return record.Wrap(op, err)
}

func (d *Desk) ownDelivery(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.DeliveryID) (*record.Delivery, error) {
	v, err := tx.Letter(ctx, id)
	if err != nil {
		return nil, err
	}
	return v, actor.Require(op, v.Institution, record.RoleRegistrar)
}

// readdress writes a corrected address where it comes from. Codes that went to the wrong person end.
func (d *Desk) readdress(ctx context.Context, tx *store.Tx, actor record.Actor, v *record.Delivery, address string) error {
	if v.Kind == record.DeliverAttest {
		e, err := tx.Experience(ctx, record.ExperienceID(v.About))
		if err != nil {
			return err
		}
		e.Body.Email = address
		return tx.ChangeExperience(ctx, e)
	}
	l, err := tx.Learner(ctx, v.Learner)
	if err != nil {
		return err
	}
	l.Email, l.UpdatedAt = address, d.now()
	if err := tx.ChangeLearner(ctx, l); err != nil {
		return err
	}
	claims, err := tx.ClaimsOf(ctx, l.ID)
	if err != nil {
		return err
	}
	for _, c := range claims {
		if c.State == record.DeliveryPrinted { // a letter went by post, not to the address
			continue
		}
		if err := tx.DropCodes(ctx, c.ID); err != nil {
			return err
		}
	}
	return d.event(ctx, tx, actor, &record.Institution{ID: v.Institution}, "learner.changed", "learner/"+string(l.ID), l.ID, map[string]string{"member": "email"})
}

// CameBack writes down that a mail that was sent came back later, as the office saw in its mail box.
func (d *Desk) CameBack(ctx context.Context, actor record.Actor, id record.DeliveryID, reason string) error {
	const op = "registrar.CameBack"
	reason = strings.TrimSpace(reason)
	if err := checkText(op, "the reason", reason, 1, maxNote); err != nil {
		return err
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		v, err := d.ownDelivery(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if v.State != record.DeliverySent && v.State != record.DeliveryPrinted {
			return record.Errorf(record.Conflict, op, "this delivery is %s; only what was sent can come back", v.State)
		}
		v.State, v.Reason = record.DeliveryBounced, reason
		if err := tx.DropCodes(ctx, v.ID); err != nil { // whoever has the mail is not who it was for
			return err
		}
		if err := tx.ChangeLetter(ctx, v); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: v.Institution}, "delivery.bounced", "delivery/"+string(v.ID), v.Learner, nil)
	})
	return record.Wrap(op, err)
}

// LetterSheet is one printed letter.
type LetterSheet struct {
	Name, House, Language string
	Code                  string // as a person types it
	URL                   string // of the page that asks for it, and with it
	Until                 time.Time
}

// MaxLetters bounds one printing: what a browser lays out in a moment.
const MaxLetters = 200

// PrintLetters makes letters of deliveries: those that are named, or every one of a run that waits for the printer. Each
// printing makes a new code, and what was printed before opens nothing from then on.
func (d *Desk) PrintLetters(ctx context.Context, actor record.Actor, run record.RunID, ids []record.DeliveryID) ([]LetterSheet, error) {
	const op = "registrar.PrintLetters"
	if len(ids) > MaxLetters {
		return nil, record.Errorf(record.TooLarge, op, "at most %d letters at once; print them in parts", MaxLetters)
	}
	var out []LetterSheet
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		out = nil
		if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		waiting, err := d.waitingLetters(ctx, tx, op, actor, run, ids)
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			return record.Errorf(record.Conflict, op, "no letter waits to be printed")
		}
		for _, v := range waiting {
			sheet, err := d.printOne(ctx, tx, op, actor, v)
			if err != nil {
				return err
			}
			out = append(out, *sheet)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b LetterSheet) int { return strings.Compare(a.Name, b.Name) })
	return out, record.Wrap(op, err)
}

func (d *Desk) waitingLetters(ctx context.Context, tx *store.Tx, op string, actor record.Actor, run record.RunID, ids []record.DeliveryID) ([]*record.Delivery, error) {
	if len(ids) == 0 {
		return tx.Letters(ctx, actor.Institution, record.DeliveryPaper, string(run), nil, MaxLetters)
	}
	var out []*record.Delivery
	for _, id := range ids {
		v, err := d.ownDelivery(ctx, tx, op, actor, id)
		if err != nil {
			return nil, err
		}
		if v.Kind != record.DeliverClaim || v.State == record.DeliveryDone {
			return nil, record.Errorf(record.Conflict, op, "a letter is for a record that its learner has not opened yet")
		}
		out = append(out, v)
	}
	return out, nil
}

func (d *Desk) printOne(ctx context.Context, tx *store.Tx, op string, actor record.Actor, v *record.Delivery) (*LetterSheet, error) {
	l, err := tx.Learner(ctx, v.Learner)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, v.Institution)
	if err != nil {
		return nil, err
	}
	code, until := newCode(), d.now().Add(paperLife)
	if err := tx.DropCodes(ctx, v.ID); err != nil {
		return nil, err
	}
	if err := tx.AddCode(ctx, record.Sum([]byte(code)), v.ID, until); err != nil {
		return nil, err
	}
	v.State, v.Reason, v.SentAt = record.DeliveryPrinted, "", d.now()
	v.Mailing++
	if err := tx.ChangeLetter(ctx, v); err != nil {
		return nil, err
	}
	sheet := &LetterSheet{Name: l.Name.Display, House: i.Name, Language: l.Language, Code: grouped(code), URL: i.Root() + "/claim/" + code, Until: until}
	return sheet, d.event(ctx, tx, actor, i, "delivery.printed", "delivery/"+string(v.ID), v.Learner, nil)
}

// grouped writes a code in fours, as people read it out.
func grouped(code string) string {
	var parts []string
	for c := range slices.Chunk([]byte(code), 4) {
		parts = append(parts, string(c))
	}
	return strings.Join(parts, "-")
}
