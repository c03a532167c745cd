
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import workloads.models.people
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttributionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(help_text='key_alias, tag, metadata.NAME, model ...', max_length=80)),
                ('pattern', models.CharField(help_text='Literal, or with * for any text.', max_length=200)),
                ('priority', models.PositiveIntegerField(default=100)),
            ],
            options={
                'ordering': ('priority', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='OrganisationProfileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(blank=True, max_length=120)),
                ('facts', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RejectedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.BigIntegerField()),
                ('column', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(max_length=300)),
                ('row', models.JSONField()),
            ],
            options={
                'ordering': ('run', 'line'),
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('share', models.DecimalField(decimal_places=2, help_text="Percent of the workload's tokens.", max_digits=5)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Segment-scope facts, by input name.')),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SegmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('share', models.DecimalField(decimal_places=2, help_text="Percent of the workload's tokens.", max_digits=5)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Segment-scope facts, by input name.')),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SetupToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Where this team differs from the organisation.')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='TeamEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Where this team differs from the organisation.')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UsageBucket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.UUIDField(help_text='Hash of hour, traffic and currency: one row each.')),
                ('traffic_key', models.UUIDField(help_text='Hash of provider, model and dimensions: what rules decide on.')),
                ('bucket_start', models.DateTimeField()),
                ('provider', models.CharField(blank=True, max_length=80)),
                ('model', models.CharField(max_length=120)),
                ('dimensions', models.JSONField(default=dict, help_text='Raw key alias, tag, metadata ...: attribution re-runs over them.')),
                ('requests', models.BigIntegerField(null=True)),
                ('errors', models.BigIntegerField(null=True)),
                ('input_tokens', models.BigIntegerField(null=True)),
                ('cached_input_tokens', models.BigIntegerField(null=True)),
                ('cache_write_tokens', models.BigIntegerField(null=True)),
                ('output_tokens', models.BigIntegerField(null=True)),
                ('reasoning_tokens', models.BigIntegerField(null=True)),
                ('cost_reported', models.DecimalField(decimal_places=8, max_digits=20, null=True)),
                ('cost_currency', models.CharField(blank=True, max_length=3)),
                ('latency_hist', models.JSONField(blank=True, default=dict, help_text='Upper bound in ms -> requests.')),
            ],
        ),
        migrations.CreateModel(
            name='UsageRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Asking twice for the same key is one run.', max_length=200, unique=True)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('lost', models.PositiveIntegerField(default=0, help_text='Attempts lost since the cursor last moved.')),
                ('as_of', models.DateTimeField(help_text='The moment the run works for; passed down, never read again.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('progress_done', models.BigIntegerField(default=0)),
                ('progress_total', models.BigIntegerField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('cursor', models.JSONField(blank=True, default=dict)),
                ('message', models.TextField(blank=True)),
                ('file', models.FileField(blank=True, help_text='Kept only until the run ends.', upload_to='usage')),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('accept_bad', models.BooleanField(default=False, help_text='Count the good rows, however many are bad.')),
                ('window_start', models.DateTimeField(blank=True, null=True)),
                ('window_end', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='UsageSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('csv', 'CSV file'), ('litellm', 'LiteLLM proxy')], max_length=10)),
                ('base_url', models.URLField(blank=True)),
                ('key_ref', models.CharField(blank=True, help_text='env:NAME or file:PATH', max_length=200)),
                ('allow_private', models.BooleanField(default=False, help_text='May be reached at a private address.')),
                ('every_hours', models.PositiveIntegerField(default=1)),
                ('history_days', models.PositiveIntegerField(default=30, help_text='How far back the first pull reads.')),
                ('max_bad_percent', models.DecimalField(decimal_places=2, default=Decimal('1'), help_text='A file with more bad rows is held.', max_digits=5)),
                ('max_bad_rows', models.PositiveIntegerField(default=25, help_text='This many bad rows never hold a file, whatever their share.')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        # By hand: the key names a column of the foreign key, so both are made in one step.
        migrations.CreateModel(
            name='SeenRow',
            fields=[
                ('pk', models.CompositePrimaryKey('source_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workloads.usagesource')),
                ('key', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='UsageSourceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('csv', 'CSV file'), ('litellm', 'LiteLLM proxy')], max_length=10)),
                ('base_url', models.URLField(blank=True)),
                ('key_ref', models.CharField(blank=True, help_text='env:NAME or file:PATH', max_length=200)),
                ('allow_private', models.BooleanField(default=False, help_text='May be reached at a private address.')),
                ('every_hours', models.PositiveIntegerField(default=1)),
                ('history_days', models.PositiveIntegerField(default=30, help_text='How far back the first pull reads.')),
                ('max_bad_percent', models.DecimalField(decimal_places=2, default=Decimal('1'), help_text='A file with more bad rows is held.', max_digits=5)),
                ('max_bad_rows', models.PositiveIntegerField(default=25, help_text='This many bad rows never hold a file, whatever their share.')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Workload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('archetype', models.CharField(blank=True, max_length=60)),
                ('description', models.TextField(blank=True)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Workload-scope facts, by input name.')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='WorkloadEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('archetype', models.CharField(blank=True, max_length=60)),
                ('description', models.TextField(blank=True)),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Workload-scope facts, by input name.')),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=120)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', workloads.models.people.PeopleManager()),
            ],
        ),
        migrations.CreateModel(
            name='AttributionRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('field', models.CharField(help_text='key_alias, tag, metadata.NAME, model ...', max_length=80)),
                ('pattern', models.CharField(help_text='Literal, or with * for any text.', max_length=200)),
                ('priority', models.PositiveIntegerField(default=100)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.attributionrule')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Classification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('changes_requested', 'Changes requested'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('expired', 'Expired'), ('revoked', 'Replaced'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=20)),
                ('facts', models.JSONField(help_text='Reviewer-owned facts, by input name.')),
                ('reason', models.TextField()),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('revision_hash', models.CharField(help_text='sha256 of what a decision binds to.', max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('editors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Ids of everybody who wrote this row.', size=None)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_note', models.TextField(blank=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('snapshot', models.JSONField(blank=True, help_text='What was approved, as it was.', null=True)),
                ('snapshot_hash', models.CharField(blank=True, max_length=64)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='ClassificationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('changes_requested', 'Changes requested'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('expired', 'Expired'), ('revoked', 'Replaced'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=20)),
                ('facts', models.JSONField(help_text='Reviewer-owned facts, by input name.')),
                ('reason', models.TextField()),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('revision_hash', models.CharField(help_text='sha256 of what a decision binds to.', max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('editors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Ids of everybody who wrote this row.', size=None)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_note', models.TextField(blank=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('snapshot', models.JSONField(blank=True, help_text='What was approved, as it was.', null=True)),
                ('snapshot_hash', models.CharField(blank=True, max_length=64)),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.classification')),
                ('proposed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FactRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('organisation', 'Organisation'), ('team', 'Team'), ('workload', 'Workload'), ('segment', 'Segment')], max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('value', models.JSONField(help_text='Null: no longer known.', null=True)),
                ('source', models.CharField(choices=[('declared', 'Declared'), ('observed', 'Observed'), ('archetype', 'From the archetype')], max_length=10)),
                ('said_at', models.DateTimeField()),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('said_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-said_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('architect', 'Architect'), ('reviewer', 'Reviewer'), ('leader', 'Leader'), ('operator', 'Operator'), ('auditor', 'Auditor')], max_length=10)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=[('architect', 'Architect'), ('reviewer', 'Reviewer'), ('leader', 'Leader'), ('operator', 'Operator'), ('auditor', 'Auditor')], max_length=10)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.membership')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OrganisationProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=120)),
                ('facts', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_organisation_profile')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationprofile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_organisationprofileevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='32a43a1a2751866d7a997cf20283dca490dfe3d2', operation='INSERT', pgid='pgtrigger_insert_insert_6ce27', table='workloads_organisationprofile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisationprofile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_organisationprofileevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='e9a72b01446bf3b65065067e3c9a308c16ff1637', operation='UPDATE', pgid='pgtrigger_update_update_5dc68', table='workloads_organisationprofile', when='AFTER')),
        ),
        migrations.AddField(
            model_name='organisationprofileevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='organisationprofileevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.organisationprofile'),
        ),
        migrations.AddField(
            model_name='factrecord',
            name='segment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fact_records', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='classificationevent',
            name='segment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='classification',
            name='segment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='classifications', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='attributionruleevent',
            name='segment',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='attributionrule',
            name='segment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='segmentevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='segmentevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='team',
            name='members',
            field=models.ManyToManyField(related_name='teams', through='workloads.Membership', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membershipevent',
            name='team',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.team'),
        ),
        migrations.AddField(
            model_name='membership',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='workloads.team'),
        ),
        migrations.AddField(
            model_name='factrecord',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fact_records', to='workloads.team'),
        ),
        migrations.AddField(
            model_name='teamevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='teamevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.team'),
        ),
        migrations.AddField(
            model_name='usagebucket',
            name='segment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='buckets', to='workloads.segment'),
        ),
        migrations.AddField(
            model_name='usagerun',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='usagebucket',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='buckets', to='workloads.usagerun'),
        ),
        migrations.AddField(
            model_name='rejectedrow',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rejected', to='workloads.usagerun'),
        ),
        migrations.AddField(
            model_name='usagerun',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='workloads.usagesource'),
        ),
        migrations.AddField(
            model_name='usagebucket',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='buckets', to='workloads.usagesource'),
        ),
        migrations.AddField(
            model_name='attributionruleevent',
            name='source',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.usagesource'),
        ),
        migrations.AddField(
            model_name='attributionrule',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='workloads.usagesource'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='usagesource',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_usagesourceevent" ("active", "allow_private", "base_url", "every_hours", "history_days", "id", "key_ref", "kind", "max_bad_percent", "max_bad_rows", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."allow_private", NEW."base_url", NEW."every_hours", NEW."history_days", NEW."id", NEW."key_ref", NEW."kind", NEW."max_bad_percent", NEW."max_bad_rows", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='7c62def5f780d270fa430a7af72e755894002fab', operation='INSERT', pgid='pgtrigger_insert_insert_0a5ce', table='workloads_usagesource', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='usagesource',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_usagesourceevent" ("active", "allow_private", "base_url", "every_hours", "history_days", "id", "key_ref", "kind", "max_bad_percent", "max_bad_rows", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."allow_private", NEW."base_url", NEW."every_hours", NEW."history_days", NEW."id", NEW."key_ref", NEW."kind", NEW."max_bad_percent", NEW."max_bad_rows", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='9a29a52162af87c626e2d72bf978d2c32dbc9c11', operation='UPDATE', pgid='pgtrigger_update_update_9f762', table='workloads_usagesource', when='AFTER')),
        ),
        migrations.AddField(
            model_name='usagesourceevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='usagesourceevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.usagesource'),
        ),
        migrations.AddField(
            model_name='workload',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workload',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='workloads', to='workloads.team'),
        ),
        migrations.AddField(
            model_name='usagebucket',
            name='workload',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='buckets', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='segmentevent',
            name='workload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='segment',
            name='workload',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='segments', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='factrecord',
            name='workload',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fact_records', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='attributionruleevent',
            name='workload',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='attributionrule',
            name='workload',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='workloadevent',
            name='owner',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workloadevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='workloadevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='workloads.workload'),
        ),
        migrations.AddField(
            model_name='workloadevent',
            name='team',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='workloads.team'),
        ),
        migrations.AddConstraint(
            model_name='classification',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='decider_is_not_the_proposer'),
        ),
        migrations.AddConstraint(
            model_name='classification',
            constraint=models.UniqueConstraint(models.F('segment'), condition=models.Q(('state', 'approved')), name='one_approved_classification'),
        ),
        migrations.AddConstraint(
            model_name='classification',
            constraint=models.UniqueConstraint(models.F('segment'), condition=models.Q(('state__in', ('proposed', 'changes_requested'))), name='one_open_classification'),
        ),
        migrations.AddConstraint(
            model_name='classification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('ends_on__isnull', False), ('snapshot__isnull', False)), _connector='OR'), name='approved_has_decider_end_and_snapshot'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classification',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_classificationevent" ("decided_at", "decided_by_id", "decision_note", "editors", "ends_on", "evidence", "facts", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "revision_hash", "segment_id", "snapshot", "snapshot_hash", "state") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."decision_note", NEW."editors", NEW."ends_on", NEW."evidence", NEW."facts", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."revision_hash", NEW."segment_id", NEW."snapshot", NEW."snapshot_hash", NEW."state"); RETURN NULL;', hash='ca95607376643fe3deba4e933a4b2ad24ed09117', operation='INSERT', pgid='pgtrigger_insert_insert_66421', table='workloads_classification', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='classification',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_classificationevent" ("decided_at", "decided_by_id", "decision_note", "editors", "ends_on", "evidence", "facts", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "reason", "revision_hash", "segment_id", "snapshot", "snapshot_hash", "state") VALUES (NEW."decided_at", NEW."decided_by_id", NEW."decision_note", NEW."editors", NEW."ends_on", NEW."evidence", NEW."facts", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."reason", NEW."revision_hash", NEW."segment_id", NEW."snapshot", NEW."snapshot_hash", NEW."state"); RETURN NULL;', hash='acf66803cd401da4107bb46f409334c336832054', operation='UPDATE', pgid='pgtrigger_update_update_8ca44', table='workloads_classification', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='team',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_teamevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='b6909123b53fbc118b1e8c884510e93f21703294', operation='INSERT', pgid='pgtrigger_insert_insert_edb83', table='workloads_team', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='team',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_teamevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='b26c7ae6bc0acb863ab94ead84d0c48136ed9f78', operation='UPDATE', pgid='pgtrigger_update_update_dff9b', table='workloads_team', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(models.F('user'), models.F('team'), models.F('role'), name='membership_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['architect', 'reviewer', 'leader', 'operator', 'auditor'])), name='membership_role_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_membershipevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."team_id", NEW."user_id"); RETURN NULL;', hash='f3776ac1f79030e162af30fa2d2a3bdc633b0903', operation='INSERT', pgid='pgtrigger_insert_insert_8ce62', table='workloads_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_membershipevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."team_id", NEW."user_id"); RETURN NULL;', hash='26d1c5d4bf792e79a8005effabd18d920e4e6cc8', operation='UPDATE', pgid='pgtrigger_update_update_69f0a', table='workloads_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_membershipevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."team_id", OLD."user_id"); RETURN NULL;', hash='25c05f1e36d89ca1dd9d42d4418d9a5bdc5fc5b4', operation='DELETE', pgid='pgtrigger_delete_delete_8b6b8', table='workloads_membership', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='rejectedrow',
            constraint=models.UniqueConstraint(models.F('run'), models.F('line'), name='rejected_once'),
        ),
        migrations.AddConstraint(
            model_name='workload',
            constraint=models.UniqueConstraint(models.F('team'), models.F('name'), condition=models.Q(('archived_at', None)), name='workload_name_once_per_team'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workload',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_workloadevent" ("archetype", "archived_at", "changed_at", "created_at", "description", "facts", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id") VALUES (NEW."archetype", NEW."archived_at", NEW."changed_at", NEW."created_at", NEW."description", NEW."facts", NEW."id", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."team_id"); RETURN NULL;', hash='df4c6121fe4f54e162d75192bfa5bbce6082dae3', operation='INSERT', pgid='pgtrigger_insert_insert_221a4', table='workloads_workload', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workload',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_workloadevent" ("archetype", "archived_at", "changed_at", "created_at", "description", "facts", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id") VALUES (NEW."archetype", NEW."archived_at", NEW."changed_at", NEW."created_at", NEW."description", NEW."facts", NEW."id", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."team_id"); RETURN NULL;', hash='41b1a9737fca004b33934f7d173ae1bfca0221d5', operation='UPDATE', pgid='pgtrigger_update_update_53a11', table='workloads_workload', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='usagebucket',
            index=models.Index(fields=['workload', 'bucket_start'], name='workloads_u_workloa_7ae28a_idx'),
        ),
        migrations.AddIndex(
            model_name='usagebucket',
            index=models.Index(fields=['segment', 'bucket_start'], name='workloads_u_segment_1b520c_idx'),
        ),
        migrations.AddIndex(
            model_name='usagebucket',
            index=models.Index(fields=['bucket_start'], name='workloads_u_bucket__95637d_idx'),
        ),
        migrations.AddIndex(
            model_name='usagebucket',
            index=models.Index(fields=['traffic_key'], name='workloads_u_traffic_08963a_idx'),
        ),
        migrations.AddConstraint(
            model_name='usagebucket',
            constraint=models.UniqueConstraint(models.F('source'), models.F('source_key'), name='bucket_counted_once'),
        ),
        migrations.AddConstraint(
            model_name='usagebucket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('input_tokens', None), ('input_tokens__gte', 0), _connector='OR'), models.Q(('output_tokens', None), ('output_tokens__gte', 0), _connector='OR')), name='bucket_tokens_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='usagebucket',
            constraint=models.CheckConstraint(condition=models.Q(('input_tokens', None), ('cached_input_tokens', None), ('cached_input_tokens__lte', models.F('input_tokens')), _connector='OR'), name='bucket_parts_fit_input'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(models.F('workload'), models.F('name'), condition=models.Q(('removed_at', None)), name='segment_name_once_per_workload'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 100)), name='segment_share_is_percent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_segmentevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "share", "workload_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."removed_at", NEW."share", NEW."workload_id"); RETURN NULL;', hash='f715d8703239446fae132e0d2d40b185621f6531', operation='INSERT', pgid='pgtrigger_insert_insert_8e53c', table='workloads_segment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='segment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_segmentevent" ("facts", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "share", "workload_id") VALUES (NEW."facts", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."removed_at", NEW."share", NEW."workload_id"); RETURN NULL;', hash='617113e8ece97eaba937b9733b544352a5219a85', operation='UPDATE', pgid='pgtrigger_update_update_6ed4d', table='workloads_segment', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='factrecord',
            index=models.Index(fields=['workload', 'name', '-said_at'], name='workloads_f_workloa_40cf13_idx'),
        ),
        migrations.AddIndex(
            model_name='factrecord',
            index=models.Index(fields=['segment', 'name', '-said_at'], name='workloads_f_segment_df8de7_idx'),
        ),
        migrations.AddIndex(
            model_name='factrecord',
            index=models.Index(fields=['team', 'name', '-said_at'], name='workloads_f_team_id_9a906a_idx'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factrecord',
            trigger=pgtrigger.compiler.Trigger(name='fact_records_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.scope IS DISTINCT FROM OLD.scope OR NEW.name IS DISTINCT FROM OLD.name OR NEW.value IS DISTINCT FROM OLD.value OR NEW.source IS DISTINCT FROM OLD.source OR NEW.said_at IS DISTINCT FROM OLD.said_at OR NEW.evidence IS DISTINCT FROM OLD.evidence OR (NEW.workload_id IS NOT NULL AND NEW.workload_id IS DISTINCT FROM OLD.workload_id) OR (NEW.segment_id IS NOT NULL AND NEW.segment_id IS DISTINCT FROM OLD.segment_id) OR (NEW.team_id IS NOT NULL AND NEW.team_id IS DISTINCT FROM OLD.team_id) OR (NEW.said_by_id IS NOT NULL AND NEW.said_by_id IS DISTINCT FROM OLD.said_by_id))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e60d0c5627d863d17d1ebdec94f8f18bc842b137', operation='UPDATE', pgid='pgtrigger_fact_records_stay_43806', table='workloads_factrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='factrecord',
            trigger=pgtrigger.compiler.Trigger(name='fact_records_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4ec9442f64ab20e9446604d105ce269a66e9e25f', operation='DELETE', pgid='pgtrigger_fact_records_are_kept_4f9aa', table='workloads_factrecord', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='attributionrule',
            constraint=models.UniqueConstraint(models.F('source'), models.F('field'), models.F('pattern'), name='attribution_rule_once', nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attributionrule',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "workloads_attributionruleevent" ("field", "id", "pattern", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "segment_id", "source_id", "workload_id") VALUES (NEW."field", NEW."id", NEW."pattern", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."segment_id", NEW."source_id", NEW."workload_id"); RETURN NULL;', hash='2f192ee13dbd83c714c9bc03f8d5842fe69dad31', operation='INSERT', pgid='pgtrigger_insert_insert_86a36', table='workloads_attributionrule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attributionrule',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "workloads_attributionruleevent" ("field", "id", "pattern", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "segment_id", "source_id", "workload_id") VALUES (NEW."field", NEW."id", NEW."pattern", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."segment_id", NEW."source_id", NEW."workload_id"); RETURN NULL;', hash='96a136b2dc39bc8409e07364b51a99d7136d42f0', operation='UPDATE', pgid='pgtrigger_update_update_bbf4f', table='workloads_attributionrule', when='AFTER')),
        ),
    ]
