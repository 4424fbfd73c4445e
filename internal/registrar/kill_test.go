package registrar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

// victimEnv holds the orders of a child process that is going to be killed.
const victimEnv = "LAUREL_TEST_VICTIM"

// orders tell the victim what to do and where to die.
type orders struct {
	Database, KeyDir string
	Act              string // work, import, revoke
	Institution      record.InstitutionID
	Award            record.AwardID
	Clock            time.Time
	Point            string // dies there; empty: is killed from outside
	Nth              int    // at the nth arrival
}

// victim is the child process: it opens the same database as another node would.
func victim() int {
	var o orders
	if err := json.Unmarshal([]byte(os.Getenv(victimEnv)), &o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx := context.Background()
	db, err := store.Open(ctx, o.Database)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	keys, err := keyring.Open(&keyring.Options{Dir: o.KeyDir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	arrivals := make(chan int, 1)
	arrivals <- 0
	desk := &registrar.Desk{DB: db, Keys: keys, Now: func() time.Time { return o.Clock }, CrashPoint: func(point string) {
		if point != o.Point {
			return
		}
		n := <-arrivals + 1
		arrivals <- n
		if n == o.Nth {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing runs after this
			select {}
		}
	}}
	actor := record.Actor{Account: "reg", Institution: o.Institution, Roles: []record.Role{record.RoleRegistrar}}
	fmt.Println("ready")
	switch o.Act {
	case "work":
		err = desk.Work(ctx)
	case "import":
		_, err = desk.Import(ctx, actor, registrartest.Upload(registrartest.Sheet))
	case "revoke":
		err = desk.Revoke(ctx, actor, o.Award, "to be killed")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run starts a victim and returns whether it was killed.
func (o orders) run(t *testing.T, after time.Duration) (killed bool) {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+string(text))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil { // it is at work now
		t.Fatalf("the victim did not start: %v %s", err, said.String())
	}
	if o.Point == "" {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended before
		defer timer.Stop()
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
		return true
	}
	if err != nil {
		t.Fatalf("the victim failed: %v %s", err, said.String())
	}
	return false
}

// onDisk runs a test on the databases that outlive a process.
func onDisk(t *testing.T, test func(t *testing.T, url string, db *store.DB)) {
	t.Helper()
	open := func(t *testing.T, url string) *store.DB {
		t.Helper()
		db, err := store.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	t.Run("sqlite", func(t *testing.T) {
		url := filepath.Join(t.TempDir(), "laurel.db")
		test(t, url, open(t, url))
	})
	t.Run("postgres", func(t *testing.T) {
		url := storetest.PostgresURL(t)
		test(t, url, open(t, url))
	})
}

// roll is a sheet of learners with two awards each.
func roll(learners int) string {
	var b strings.Builder
	b.WriteString(registrartest.Header)
	for n := range learners {
		for _, course := range []string{"Algebra,Course,ALG 1", "Botany,Course,BOT 1"} {
			fmt.Fprintf(&b, "Learner %02d,l%02d@example.edu,9%03d,%s,About,Pass,2025-05-20,Spring 2025,3,B\n", n, n, n, course)
		}
	}
	return b.String()
}

// check is the checker: nothing lost, nothing doubled, nothing without its owner. When whole is set, everything that was
// approved must be issued.
func check(t *testing.T, o *registrartest.Office, learners int, whole bool) {
	t.Helper()
	ctx := t.Context()
	current := map[string]int{}
	err := o.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.CredentialsAfter(ctx, o.Institution.ID, "", 10_000)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, c := range all {
			key := fmt.Sprint(c.URI, c.Revision)
			place := fmt.Sprint(c.StatusList, c.StatusIndex)
			if seen[key] || seen[place] {
				t.Errorf("%s revision %d is there twice, or its place is", c.URI, c.Revision)
			}
			seen[key], seen[place] = true, true
			if record.Sum(c.Bytes) != c.SHA256 {
				t.Errorf("%s: the bytes changed", c.URI)
			}
			e, err := tx.StatusOf(ctx, c.URI, c.Revision)
			if err != nil || e.Index != c.StatusIndex || e.List != c.StatusList {
				t.Errorf("%s has no place of its own: %v", c.URI, err)
			}
			events, err := tx.EventsOf(ctx, o.Institution.ID, "credential/"+string(c.ID), 10)
			if err != nil || len(events) != 1 || events[0].Detail["sha256"] != c.SHA256 {
				t.Errorf("%s has %d events: %v", c.URI, len(events), err)
			}
			if c.State == record.CredentialCurrent {
				current[c.Kind]++
			}
		}
		issued, err := tx.CountAwards(ctx, o.Institution.ID, record.AwardIssued)
		if err != nil {
			return err
		}
		if int(issued) != current["AchievementCredential"] || 2*current["ClrCredential"] != int(issued) {
			t.Errorf("%d awards are issued; in force are %v", issued, current)
		}
		if _, err := tx.CheckAudit(ctx, o.Institution.ID); err != nil {
			t.Error(err)
		}
		if !whole {
			return nil
		}
		if int(issued) != 2*learners {
			t.Errorf("%d awards are issued, want %d", issued, 2*learners)
		}
		used := int64(0)
		lists, err := tx.StatusLists(ctx, o.Institution.ID)
		for _, l := range lists {
			used += l.Used
		}
		if int(used) != len(all) {
			t.Errorf("%d places are taken for %d credentials", used, len(all))
		}
		runs, openErr := tx.OpenRuns(ctx)
		if len(runs) != 0 {
			t.Errorf("%d runs are still open", len(runs))
		}
		return errors.Join(err, openErr)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestKilledWhileIssuing kills the program at every step of issuing, in every repetition that the run has, and then at
// random moments.
func TestKilledWhileIssuing(t *testing.T) {
	onDisk(t, func(t *testing.T, url string, db *store.DB) {
		const learners = 6
		o := registrartest.New(t, db)
		o.Import(roll(learners))
		if _, err := o.Desk.ApproveAll(t.Context(), o.Approver, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Desk.StartIssuing(t.Context(), o.Approver); err != nil {
			t.Fatal(err)
		}
		order := orders{Database: url, KeyDir: o.KeyDir, Act: "work", Clock: o.Clock}
		kills := 0
		for _, point := range []string{"issue.prepared", "issue.signed", "issue.keeping", "issue.kept"} {
			order.Point = point
			for order.Nth = 1; order.Nth <= 2; order.Nth++ {
				if order.run(t, 0) {
					kills++
				}
				check(t, o, learners, false)
			}
		}
		if kills < 6 {
			t.Errorf("only %d of 8 victims died where they should", kills)
		}
		if order.Point = ""; order.run(t, time.Minute) {
			t.Error("the last one did not finish")
		}
		check(t, o, learners, true)
		for n := range learners {
			o.WantVerdict(o.Current(o.Learner(fmt.Sprintf("Learner %02d", n)).RecordID).Bytes, verify.Verified)
		}
	})
}

func TestKilledAtAnyMoment(t *testing.T) {
	onDisk(t, func(t *testing.T, url string, db *store.DB) {
		const learners = 12
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 1))
		o := registrartest.New(t, db)
		o.Import(roll(learners))
		if _, err := o.Desk.ApproveAll(t.Context(), o.Approver, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Desk.StartIssuing(t.Context(), o.Approver); err != nil {
			t.Fatal(err)
		}
		order := orders{Database: url, KeyDir: o.KeyDir, Act: "work", Clock: o.Clock}
		// Each victim may live a little longer than the one before, so that a slow machine gets there too.
		for n := 1; order.run(t, time.Duration(1+random.IntN(20*n))*time.Millisecond); n++ {
			check(t, o, learners, false)
		}
		check(t, o, learners, true)
	})
}

// TestKilledInsideATransaction: an import and a revocation happen whole or not at all.
func TestKilledInsideATransaction(t *testing.T) {
	onDisk(t, func(t *testing.T, url string, db *store.DB) {
		o := registrartest.New(t, db)
		order := orders{Database: url, KeyDir: o.KeyDir, Institution: o.Institution.ID, Clock: o.Clock, Act: "import", Point: "import.written", Nth: 1}
		before := contents(o)
		if !order.run(t, 0) {
			t.Fatal("the import was not killed")
		}
		if after := contents(o); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("half an import: %v, before it %v", after, before)
		}
		o.Import(registrartest.Sheet)
		o.Issue()
		a := o.Award("Amara", "Statistics", record.AwardIssued)
		order.Act, order.Point, order.Award = "revoke", "status.published", a.ID
		if !order.run(t, 0) {
			t.Fatal("the revocation was not killed")
		}
		o.WantVerdict(o.Current(a.CredentialID).Bytes, verify.Verified)
		if order.Point = ""; order.run(t, time.Minute) {
			t.Fatal("the second revocation was killed")
		}
		o.Award("Amara", "Statistics", record.AwardRevoked)
		o.Audit()
	})
}

// TestTwoNodesIssueAtOnce: several processes work on one run, and every item is kept once.
func TestTwoNodesIssueAtOnce(t *testing.T) {
	onDisk(t, func(t *testing.T, url string, db *store.DB) {
		const learners = 8
		o := registrartest.New(t, db)
		o.Import(roll(learners))
		if _, err := o.Desk.ApproveAll(t.Context(), o.Approver, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Desk.StartIssuing(t.Context(), o.Approver); err != nil {
			t.Fatal(err)
		}
		order := orders{Database: url, KeyDir: o.KeyDir, Act: "work", Clock: o.Clock}
		done := make(chan bool)
		const nodes = 3
		for range nodes {
			go func() { done <- order.run(t, time.Minute) }()
		}
		for range nodes {
			if <-done {
				t.Error("a node was killed")
			}
		}
		check(t, o, learners, true)
	})
}
