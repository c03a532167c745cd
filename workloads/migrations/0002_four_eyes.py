"""Four eyes in the database: the decider never wrote what is decided, and an edit voids a decision."""

from django.db import migrations

CONSTRAINT = """
alter table workloads_classification
  add constraint decider_is_no_editor check (decided_by_id is null or not (decided_by_id = any (editors)));
"""

# Runs before every update. An edit of the material fields is remembered with its author and, when a decision
# stood, sets the row back to proposed. The person comes from a setting local to the transaction; a write
# without one still voids.
TRIGGER = """
create function workloads_void_on_edit() returns trigger language plpgsql as $$
declare
  person bigint := nullif(current_setting('planner.person', true), '')::bigint;
begin
  if (new.facts, new.reason, new.evidence, new.segment_id)
     is distinct from (old.facts, old.reason, old.evidence, old.segment_id) then
    if person is not null and not (person = any (new.editors)) then
      new.editors := new.editors || person;
    end if;
    if old.state = 'approved' then
      new.state := 'proposed';
      new.decided_by_id := null;
      new.decided_at := null;
      new.ends_on := null;
      new.snapshot := null;
      new.snapshot_hash := '';
    end if;
  end if;
  return new;
end $$;
create trigger void_on_edit before update on workloads_classification
  for each row execute function workloads_void_on_edit();
"""


class Migration(migrations.Migration):
    dependencies = [("workloads", "0001_initial")]
    operations = [
        migrations.RunSQL(CONSTRAINT, "alter table workloads_classification drop constraint decider_is_no_editor"),
        migrations.RunSQL(
            TRIGGER,
            "drop trigger void_on_edit on workloads_classification; drop function workloads_void_on_edit()",
        ),
    ]
