// SPDX-License-Identifier: MIT
// Damage: what of the log could not be read, and where.

function reportTable(log, reports) {
  return wideTable(
    'Places',
    ['Where', 'What'].map((name) => element('th', {scope: 'col'}, name)),
    reports.map((report) =>
      element(
        'tr',
        null,
        element('td', {class: 'mono'}, `${log.source}:${report.line}`),
        element('td', null, report.what),
      ),
    ),
  );
}

listen('damage', {
  reset() {
    const log = state.log,
      damage = log.reports.filter((report) => report.damage),
      notes = log.reports.filter((report) => !report.damage);
    const changed = log.snapshots.changed.filter((value) => value === 1).length;
    put('damage-count', log.damaged > 0 ? number(log.damaged) : '');
    put(
      'damage-list',
      element(
        'p',
        {class: log.damaged > 0 ? 'lead bad-text' : 'lead'},
        log.damaged === 0
          ? 'Nothing is damaged: every line of the log that is a report\u2019s was read whole.'
          : `${plural(log.damaged, 'place')} of the log could not be read. What is shown leaves them out; nothing is guessed.`,
      ),
      damage.length === 0 ? null : reportTable(log, damage),
      log.damaged > damage.length
        ? element(
            'p',
            {class: 'hint'},
            `${number(log.damaged - damage.length)} more places are not listed here; heapledger show --damage names them all.`,
          )
        : null,
      notes.length === 0 ? null : [element('h3', null, 'Notes'), reportTable(log, notes)],
      changed === 0
        ? null
        : element(
            'p',
            null,
            `While ${plural(changed, 'snapshot')} of ${number(log.count)} ${changed === 1 ? 'was' : 'were'} taken memory was used: their figures are each right, but of slightly different moments.`,
          ),
      element(
        'p',
        {class: 'hint'},
        `Read: ${number(log.lines)} lines, ${bytes(log.bytes)}, ${plural(log.count, 'snapshot')}.`,
      ),
    );
  },
  draw() {},
});
