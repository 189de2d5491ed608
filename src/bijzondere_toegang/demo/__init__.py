"""The demonstration: invented people, eight cases, a mailbox and a clock that can be moved. Never part of `serve`."""
