"""What the database itself refuses about drafts, approvals, activations and waivers, whoever asks: PL/pgSQL bodies.

Each rule also stands in a service and in planner.access; here it holds against plain SQL and against a superuser.
"""

# A draft starts empty-handed. What is signed changes only while it is edited; every change of what it does or when
# is a new revision, every writer is remembered. The person comes from a setting local to the transaction; a write without one still
# makes a revision, so that earlier signatures count for nothing.
DRAFT_RULES = """
IF TG_OP = 'INSERT' THEN
  IF NEW.state <> 'editing' OR NEW.needs <> '{}'::jsonb THEN
    RAISE EXCEPTION 'a draft begins in editing' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT (NEW.author_id = ANY (NEW.editors)) THEN
    NEW.editors := NEW.editors || NEW.author_id;
  END IF;
  RETURN NEW;
END IF;
IF (NEW.author_id, NEW.base_id, NEW.restores_id) IS DISTINCT FROM (OLD.author_id, OLD.base_id, OLD.restores_id)
   OR NOT (NEW.editors @> OLD.editors) OR NEW.revision < OLD.revision THEN
  RAISE EXCEPTION 'a draft keeps its author, base, editors and revisions' USING ERRCODE = 'check_violation';
END IF;
IF (NEW.document, NEW.sha, NEW.refused, NEW.title, NEW.reason, NEW.effective_from)
   IS DISTINCT FROM (OLD.document, OLD.sha, OLD.refused, OLD.title, OLD.reason, OLD.effective_from) THEN
  IF OLD.state <> 'editing' OR NEW.state NOT IN ('editing', 'withdrawn') THEN
    RAISE EXCEPTION 'a draft is frozen once submitted' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.revision = OLD.revision AND (NEW.document, NEW.sha, NEW.refused, NEW.effective_from)
     IS DISTINCT FROM (OLD.document, OLD.sha, OLD.refused, OLD.effective_from) THEN
    NEW.revision := OLD.revision + 1;
  END IF;
  person := nullif(current_setting('planner.person', true), '')::bigint;
  IF person IS NOT NULL AND NOT (person = ANY (NEW.editors)) THEN
    NEW.editors := NEW.editors || person;
  END IF;
END IF;
IF NEW.state IS DISTINCT FROM OLD.state THEN
  IF NOT ((OLD.state, NEW.state) IN (
      ('editing', 'submitted'), ('editing', 'withdrawn'), ('submitted', 'editing'), ('submitted', 'approved'),
      ('submitted', 'rejected'), ('submitted', 'withdrawn'), ('approved', 'active'), ('approved', 'withdrawn'),
      ('approved', 'superseded'))) THEN
    RAISE EXCEPTION 'a draft does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'editing' THEN
    NEW.revision := OLD.revision + 1;
    NEW.needs := '{}'::jsonb;
  ELSIF NEW.state = 'submitted' AND NOT EXISTS (
      SELECT 1 FROM planner_policyimpact i
      WHERE i.draft_id = NEW.id AND i.revision = NEW.revision AND i.state = 'done') THEN
    RAISE EXCEPTION 'a draft needs the impact of exactly this revision' USING ERRCODE = 'check_violation';
  ELSIF NEW.state = 'approved' THEN
    SELECT count(*) INTO unsigned FROM jsonb_object_keys(NEW.needs) AS layer
    WHERE NOT EXISTS (SELECT 1 FROM planner_policyapproval a
      WHERE a.draft_id = NEW.id AND a.revision = NEW.revision AND a.layer = layer.layer);
    IF unsigned > 0 THEN
      RAISE EXCEPTION 'every changed layer is signed before a draft is approved' USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.state = 'active' AND NOT EXISTS (
      SELECT 1 FROM planner_policyactivation v WHERE v.draft_id = NEW.id) THEN
    RAISE EXCEPTION 'a draft is active by an activation' USING ERRCODE = 'check_violation';
  END IF;
ELSIF NEW.needs IS DISTINCT FROM OLD.needs THEN
  RAISE EXCEPTION 'what must be signed is settled on submission' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

APPROVAL_RULES = """
SELECT * INTO signed FROM planner_policydraft WHERE id = NEW.draft_id FOR UPDATE;
IF signed.state <> 'submitted' OR signed.revision <> NEW.revision THEN
  RAISE EXCEPTION 'only the submitted revision is signed' USING ERRCODE = 'check_violation';
END IF;
IF NEW.person_id = signed.author_id OR NEW.person_id = ANY (signed.editors) THEN
  RAISE EXCEPTION 'who wrote a draft does not sign it' USING ERRCODE = 'check_violation';
END IF;
IF NOT coalesce((signed.needs -> NEW.layer) ? NEW.role, false) OR NOT EXISTS (
    SELECT 1 FROM workloads_membership m
    WHERE m.user_id = NEW.person_id AND m.role = NEW.role AND m.team_id IS NULL) THEN
  RAISE EXCEPTION 'a layer is signed in a role that owns it' USING ERRCODE = 'check_violation';
END IF;
IF NOT EXISTS (
    SELECT 1 FROM planner_impactopened o JOIN planner_policyimpact i ON i.id = o.impact_id
    WHERE i.draft_id = NEW.draft_id AND i.revision = NEW.revision AND i.state = 'done'
      AND o.person_id = NEW.person_id) THEN
  RAISE EXCEPTION 'who signs has opened the list of moved workloads' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# What becomes active is what was signed, to the byte, on its date, on top of what was active.
ACTIVATION_RULES = """
SELECT d.* INTO signed FROM planner_policydraft d WHERE d.id = NEW.draft_id FOR UPDATE;
IF signed.state <> 'approved' OR signed.sha <> NEW.version_id OR NOT EXISTS (
    SELECT 1 FROM planner_policyversion v WHERE v.sha = NEW.version_id AND v.document = signed.document) THEN
  RAISE EXCEPTION 'only an approved draft becomes active, as it was signed' USING ERRCODE = 'check_violation';
END IF;
IF signed.effective_from > (NEW.activated_at AT TIME ZONE 'UTC')::date THEN
  RAISE EXCEPTION 'a policy becomes active on its date' USING ERRCODE = 'check_violation';
END IF;
SELECT a.version_id INTO standing FROM planner_policyactivation a ORDER BY a.id DESC LIMIT 1;
IF standing IS NOT NULL AND standing <> signed.base_id THEN
  RAISE EXCEPTION 'another policy has become active since the draft began' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

# A waiver is granted by somebody else, in the role it needs, for what was asked; afterwards it only ends.
WAIVER_RULES = """
IF TG_OP = 'INSERT' THEN
  IF NEW.state <> 'asked' THEN
    RAISE EXCEPTION 'a waiver begins as a question' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END IF;
IF (NEW.workload_id, NEW.segment_id, NEW.row, NEW.role, NEW.reason, NEW.asked_by_id, NEW.asked_at)
   IS DISTINCT FROM
   (OLD.workload_id, OLD.segment_id, OLD.row, OLD.role, OLD.reason, OLD.asked_by_id, OLD.asked_at)
   OR (OLD.state <> 'asked' AND (NEW.until, NEW.granted_by_id) IS DISTINCT FROM (OLD.until, OLD.granted_by_id))
THEN
  RAISE EXCEPTION 'a waiver stays what it was asked for and granted as' USING ERRCODE = 'check_violation';
END IF;
IF NEW.state IS DISTINCT FROM OLD.state AND NOT ((OLD.state, NEW.state) IN (
    ('asked', 'granted'), ('asked', 'refused'), ('asked', 'withdrawn'),
    ('granted', 'revoked'), ('granted', 'ended'))) THEN
  RAISE EXCEPTION 'a waiver does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
END IF;
IF NEW.state = 'granted' AND OLD.state = 'asked' AND NOT EXISTS (
    SELECT 1 FROM workloads_membership m JOIN workloads_workload w ON w.id = NEW.workload_id
    WHERE m.user_id = NEW.granted_by_id AND m.role = NEW.role AND (m.team_id IS NULL OR m.team_id = w.team_id)) THEN
  RAISE EXCEPTION 'a waiver is granted in the role that owns the rule' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
