package embedded

import "syscall"

func dieWithUs(attr *syscall.SysProcAttr, lastWords syscall.Signal) { attr.Pdeathsig = lastWords }
