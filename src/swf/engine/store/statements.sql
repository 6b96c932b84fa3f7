-- Every statement by its name; the line above says what it does.

-- meta: a value that belongs to the file
SELECT value FROM meta WHERE name = :name;

-- set_meta: keep a value with the file
INSERT OR REPLACE INTO meta (name, value) VALUES (:name, :value);

-- domains: all domains
SELECT id, name, status, description, retention, tags FROM domains ORDER BY name;

-- insert_domain: a new domain
INSERT INTO domains (name, status, description, retention, tags)
VALUES (:name, :status, :description, :retention, :tags);

-- update_domain: what can change of a domain
UPDATE domains SET status = :status, tags = :tags WHERE id = :id;

-- type: one type of a domain
SELECT kind, name, version, status, description, created, deprecated, defaults FROM types
WHERE domain = :domain AND kind = :kind AND name = :name AND version = :version;

-- types: the types of a domain by name and version, from behind a key on
SELECT kind, name, version, status, description, created, deprecated, defaults FROM types
WHERE domain = :domain AND kind = :kind AND status = :status
  AND (:only IS NULL OR name = :only)
  AND (:name IS NULL OR (name, version) > (:name, :version))
ORDER BY name, version LIMIT :limit;

-- types_descending: the same the other way round
SELECT kind, name, version, status, description, created, deprecated, defaults FROM types
WHERE domain = :domain AND kind = :kind AND status = :status
  AND (:only IS NULL OR name = :only)
  AND (:name IS NULL OR (name, version) < (:name, :version))
ORDER BY name DESC, version DESC LIMIT :limit;

-- count_types: how many types of a kind a domain has
SELECT count(*) FROM types WHERE domain = :domain AND kind = :kind;

-- insert_type: a new type
INSERT INTO types (domain, kind, name, version, status, description, created, deprecated, defaults)
VALUES (:domain, :kind, :name, :version, :status, :description, :created, :deprecated, :defaults);

-- update_type: deprecate a type, or take that back
UPDATE types SET status = :status, deprecated = :deprecated
WHERE domain = :domain AND kind = :kind AND name = :name AND version = :version;

-- deprecate_types: all types of a domain that is deprecated
UPDATE types SET status = 'DEPRECATED', deprecated = :deprecated
WHERE domain = :domain AND status = 'REGISTERED';

-- delete_type: forget a type
DELETE FROM types WHERE domain = :domain AND kind = :kind AND name = :name AND version = :version;

-- insert_execution: a new run
INSERT INTO executions (domain, workflow_id, run_id, type_name, type_version, tags,
                        parent_workflow_id, parent_run_id, started)
VALUES (:domain, :workflow_id, :run_id, :type_name, :type_version, :tags,
        :parent_workflow_id, :parent_run_id, :started);

-- open_run: the open run of a workflow id
SELECT id, domain, workflow_id, run_id, deadline FROM executions
WHERE domain = :domain AND workflow_id = :workflow_id AND closed IS NULL;

-- run: one run, open or closed
SELECT id, domain, workflow_id, run_id, deadline FROM executions
WHERE domain = :domain AND workflow_id = :workflow_id AND run_id = :run_id;

-- run_by_id: the same by the number of its row
SELECT id, domain, workflow_id, run_id, deadline FROM executions WHERE id = :id;

-- run_ids: the numbers of all runs
SELECT id FROM executions ORDER BY id;

-- count_open: how many runs of a domain are open
SELECT count(*) FROM executions WHERE domain = :domain AND closed IS NULL;

-- set_deadline: when the first of a run's clocks expires
UPDATE executions SET deadline = :deadline WHERE id = :id;

-- set_cancel_requested: the cancellation of a run was requested
UPDATE executions SET cancel_requested = 1 WHERE id = :id;

-- close_execution: a run has come to its end
UPDATE executions SET closed = :closed, close_status = :close_status, cancel_requested = 0, deadline = NULL
WHERE id = :id;

-- execution_row: what lists say of one run
SELECT id, workflow_id, run_id, type_name, type_version, tags, parent_workflow_id, parent_run_id,
       started, closed, close_status, cancel_requested
FROM executions WHERE id = :id;

-- next_deadline: when the first clock of all expires
SELECT min(deadline) FROM executions WHERE deadline IS NOT NULL;

-- due: the runs of which a clock may have expired
SELECT id, deadline FROM executions WHERE deadline <= :now ORDER BY deadline, id LIMIT :limit;

-- expired: closed runs of a domain that nobody need remember
SELECT id FROM executions
WHERE domain = :domain AND closed IS NOT NULL AND closed <= :before ORDER BY closed LIMIT :limit;

-- delete_execution: forget a run
DELETE FROM executions WHERE id = :id;

-- delete_history: and what happened in it
DELETE FROM history WHERE execution = :execution;

-- append_history: what a transaction adds to a history
INSERT INTO history (execution, first_event_id, events) VALUES (:execution, :first_event_id, :events);

-- history: all that happened in a run
SELECT events FROM history WHERE execution = :execution ORDER BY first_event_id;

-- put_task: let a task be handed out
INSERT INTO tasks (kind, domain, task_list, rank, scheduled, execution, event_id)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- first_task: the next task of a list
SELECT execution, event_id FROM tasks
WHERE kind = :kind AND domain = :domain AND task_list = :task_list
ORDER BY rank, scheduled, execution, event_id LIMIT 1;

-- remove_task: a task that is handed out, or that nobody need do any more
DELETE FROM tasks
WHERE kind = ? AND domain = ? AND task_list = ? AND rank = ?
  AND scheduled = ? AND execution = ? AND event_id = ?;

-- count_tasks: how many tasks wait in a list
SELECT count(*) FROM tasks WHERE kind = :kind AND domain = :domain AND task_list = :task_list;

-- task_lists: where tasks of a domain wait
SELECT kind, task_list FROM tasks WHERE domain = :domain
GROUP BY kind, task_list ORDER BY kind DESC, min(rank), min(scheduled), min(execution), min(event_id);

-- all_tasks: every task that waits
SELECT kind, domain, task_list, rank, scheduled, execution, event_id FROM tasks;

-- heartbeats: the last heartbeats of a run's activity tasks
SELECT scheduled_event_id, at, details FROM heartbeats WHERE execution = :execution;

-- put_heartbeat: the last heartbeat of an activity task
INSERT INTO heartbeats (execution, scheduled_event_id, at, details)
VALUES (:execution, :scheduled_event_id, :at, :details)
ON CONFLICT DO UPDATE SET at = excluded.at, details = excluded.details;

-- delete_heartbeats: those of a run
DELETE FROM heartbeats WHERE execution = :execution;

-- delete_heartbeat: that of one activity task
DELETE FROM heartbeats WHERE execution = :execution AND scheduled_event_id = :scheduled_event_id;
