//! What `--help` says.

pub(super) const HELP: &str = "\
satchel-server: serves Satchel, and looks after its records

  satchel-server serve [--listen 127.0.0.1:8080] [--app DIR] [--practice] [--session-minutes N]
      Serves the API, and with --app the built app in DIR. Port 0 takes a free port. With --practice there is
      a practice organisation (rep1@, rep2@, manager@, admin@practice.example, password practice), on loopback
      only and for who calls it localhost, 127.0.0.1 or [::1]. Its ledger is not served without --practice.
      Without TLS of its own: put a proxy before it, on this machine, that passes on the Host header and adds to
      X-Forwarded-For the address that it answers: attempts to sign in are counted by it.

  satchel-server organisation add NAME
      Makes the ledger too, where there is none. No other command does, but serve --practice.
  satchel-server organisation list
  satchel-server territory add ID NAME
  satchel-server territory list
  satchel-server territory split FROM TO --whose FIELD=VALUE[,VALUE] [--as EMAIL]
      Moves the accounts of FROM whose field has one of these values, with all that belongs to them, at once.
  satchel-server user add --email E --name N [--role rep|manager|admin] [--territories a,b] [--password-stdin]
      Without --password-stdin a password is made up and printed.
  satchel-server user assign EMAIL TERRITORY
  satchel-server user unassign EMAIL TERRITORY
  satchel-server user list
  satchel-server user password EMAIL [--password-stdin]
      Another password; whoever is signed in with the old one is signed out.
  satchel-server user sign-out EMAIL
      Ends every session, as when a phone is lost. What is on a phone stays there; what it has not sent yet goes once
      its user signs in again.
  satchel-server user close EMAIL
      No password, no session, no territory. What the user wrote stays under the user's name. user password and
      user assign open the account again.
  satchel-server record move ID TERRITORY [--as EMAIL]
      An account takes all that belongs to it along.

  satchel-server import accounts FILE.csv[.gz] --territory T [--map name=COLUMN,city=COLUMN,type==TEXT]
                 [--states VT,NH]
      Known without --map: CMS hospitals, CMS nursing homes, Texas assisted living. Safe to repeat. With --states only
      the rows of these states, by two letters or by name, however the file writes them. A file of more than 256 MiB,
      unpacked, must be cut to your states first.
  satchel-server import contacts FILE.csv[.gz] --territory T [--states VT,NH] [--no-practices]
      Known: NPPES (clinicians as contacts, organisations as accounts), Texas assisted living (places as accounts,
      administrators as contacts). A clinician goes to the account at the same door with the same phone; where there
      is none, the account “Practice of NAME” is made for all at that door, but not with --no-practices. Who is there
      already, by NPI or by phone and name, is told and not made again. Import accounts first. Safe to repeat.

  satchel-server backup FILE [--replace]
      A whole copy of the ledger, made also while it is served.
  satchel-server restore FILE
      Puts the ledger in FILE into the place of the one there is, which is kept under a dated name. Stop the server
      first. Devices then send again what FILE lacks; what was done by commands since must be done again.

  satchel-server aside list
  satchel-server aside accept CHANGE
      Refused saves with their words and reasons, and accepting one for its author.

  satchel-server epoch bump
      After a backup was put back by hand: devices then send again what it lacks.

Every command takes --db FILE (satchel.sqlite), and where there is more than one organisation --org NAME.
RUST_LOG=debug makes serve say more.
";
