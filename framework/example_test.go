package framework_test

import (
	"fmt"
	"testing/fstest"

	"github.com/openlaurel/laurel/framework"
)

// A folder of O*NET tables: the goal is an occupation by its code.
func ExampleReadDir() {
	dir := fstest.MapFS{
		"Occupation Data.txt": {Data: []byte("O*NET-SOC Code\tTitle\tDescription\n15-2041.00\tStatisticians\tDevelop or apply theory.\n")},
		"Skills.txt": {Data: []byte("O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\tRecommend Suppress\n" +
			"15-2041.00\t2.A.1.e\tMathematics\tIM\t4.5\tN\n15-2041.00\t2.A.1.e\tMathematics\tLV\t5.1\tN\n15-2041.00\t2.B.3.a\tRepairing\tIM\t1.0\tN\n")},
	}
	f, err := framework.ReadDir(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	goal, err := f.Goal("15-2041.00")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, leaf := range goal.Requirement.Leaves() {
		fmt.Printf("%s: %s, typically %.1f of %.0f\n", goal.Name, leaf.Name, leaf.Typical.Level, leaf.Typical.Of)
	}
	// Output: Statisticians: Mathematics, typically 5.1 of 7
}

// Two addresses of one skill are one skill.
func ExampleKey() {
	fmt.Println(framework.Key("http://Skills.Example.org/s/sql") == framework.Key("https://skills.example.org/s/sql"))
	// Output: true
}
