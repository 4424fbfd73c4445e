package framework

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead: no document makes the readers panic, an error comes with no framework, and whatever is read can be asked for
// its target.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("O*NET-SOC Code\tTitle\tElement ID\tElement Name\tScale ID\tData Value\n1\tx\t2.A.1\tRead\tIM\t4\n"))
	f.Add([]byte("conceptType,conceptUri,preferredLabel\nOccupation,http://e/o,x\n"))
	f.Add([]byte("level0uri,level1uri\na,b\n"))
	f.Add([]byte("Identifier,fullStatement,Is Child Of\n1,a,2\n2,b,1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fw, err := Read(data)
		if err != nil {
			if fw != nil {
				t.Fatal("a framework beside an error")
			}
			return
		}
		fw.Target()
		fw.Levels()
		for _, g := range fw.Goals {
			if _, err := fw.Goal(g.ID); err == nil && len(g.Requirement.Leaves()) == 0 {
				t.Fatalf("goal %q has no leaves", g.ID)
			}
		}
		for _, n := range fw.Nodes[:min(3, len(fw.Nodes))] {
			fw.Goal(n.ID) //nolint:errcheck // a node that is also a goal may have nothing to ask
		}
	})
}

// FuzzReadTarget: what is accepted can be counted.
func FuzzReadTarget(f *testing.F) {
	f.Add([]byte(`{"id":"t","op":"any","of":[{"skill":"a","weight":2},{"op":"credits","number":3,"of":[{"skill":"b"}]}]}`))
	f.Add([]byte(`{"skill":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadTarget(data)
		if err == nil && len(r.Leaves()) == 0 {
			t.Fatal("a target without leaves")
		}
	})
}
