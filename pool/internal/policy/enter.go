package policy

// Enter takes a worker for an item of the class that has run before and was given
// up with Cancel, and reports whether there is one. Finish or Cancel must follow.
func (s *Scheduler) Enter(class int32) bool {
	if s.free(class) <= 0 {
		return false
	}
	s.classes[class].running++
	s.running++
	return true
}
