package ob_test

import (
	"fmt"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
)

// An image is written with its type; an identity is a salted hash of an address.
func Example() {
	b, err := ijson.Marshal(ob.Image{ID: "https://example.edu/badge.png", Caption: "A laurel"})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(b))
	id := ob.HashedIdentity(ob.IdentifierEmail, "a@example.com", "Kosher")
	fmt.Println(id.IdentityHash[:14], id.Matches(ob.IdentifierEmail, "a@example.com") == ob.ExactMatch)
	fmt.Println(ob.AchievementType("Course").Section())
	// Output:
	// {"id":"https://example.edu/badge.png","type":"Image","caption":"A laurel"}
	// sha256$b5809d8 true
	// Courses
}
