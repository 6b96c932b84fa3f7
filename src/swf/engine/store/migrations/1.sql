-- Version 1 of the file: one region of one account. The history is the state; the rest finds it, and lists it.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE domains (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,       -- REGISTERED, DEPRECATED
    description TEXT,
    retention TEXT NOT NULL,    -- days as they were given, or NONE
    tags TEXT NOT NULL          -- JSON object
) STRICT;

CREATE TABLE types (
    domain INTEGER NOT NULL REFERENCES domains (id),
    kind TEXT NOT NULL,         -- workflow, activity
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,       -- REGISTERED, DEPRECATED
    description TEXT,
    created REAL NOT NULL,
    deprecated REAL,
    defaults TEXT NOT NULL,     -- JSON object, as the wire has it
    PRIMARY KEY (domain, kind, name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain INTEGER NOT NULL REFERENCES domains (id),
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    type_name TEXT NOT NULL,
    type_version TEXT NOT NULL,
    tags TEXT,                  -- JSON list
    parent_workflow_id TEXT,
    parent_run_id TEXT,
    started REAL NOT NULL,      -- epoch seconds, as all times here
    closed REAL,
    close_status TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    deadline REAL               -- none of its clocks expires before; NULL when none runs
) STRICT;

CREATE UNIQUE INDEX executions_open ON executions (domain, workflow_id) WHERE closed IS NULL;
CREATE UNIQUE INDEX executions_run ON executions (domain, workflow_id, run_id);
CREATE INDEX executions_open_by_start ON executions (domain, started, id) WHERE closed IS NULL;
CREATE INDEX executions_closed_by_start ON executions (domain, started, id) WHERE closed IS NOT NULL;
CREATE INDEX executions_closed_by_close ON executions (domain, closed, id) WHERE closed IS NOT NULL;
CREATE INDEX executions_deadline ON executions (deadline) WHERE deadline IS NOT NULL;

-- What one transaction appended to a history: its events as JSON, with commas between and no brackets.
CREATE TABLE history (
    execution INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL,
    events BLOB NOT NULL,
    PRIMARY KEY (execution, first_event_id)
) STRICT, WITHOUT ROWID;

-- The tasks that can be handed out, in the order in which each list hands them out.
CREATE TABLE tasks (
    kind TEXT NOT NULL,         -- decision, activity
    domain INTEGER NOT NULL,
    task_list TEXT NOT NULL,
    rank INTEGER NOT NULL,      -- minus the priority
    scheduled REAL NOT NULL,
    execution INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    PRIMARY KEY (kind, domain, task_list, rank, scheduled, execution, event_id)
) STRICT, WITHOUT ROWID;

-- The last heartbeat of activity tasks that are started: they leave no event.
CREATE TABLE heartbeats (
    execution INTEGER NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    at REAL NOT NULL,
    details TEXT,
    PRIMARY KEY (execution, scheduled_event_id)
) STRICT, WITHOUT ROWID;
