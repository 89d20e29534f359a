using Wharf.Linux;
using Wharf.Linux.Netlink;
using Wharf.Linux.NfTables;
using Wharf.Primitives;

namespace Wharf.Network.Firewalls;

/// <summary>
/// The firewall as it should be and the kernel's copy of it. Parts (a network, a container) are set and taken away by name; each change is one
/// nf_tables transaction of set entries. When somebody else changes our tables, everything is put back in one transaction.
/// </summary>
internal sealed class Firewall : IDisposable
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<NfElement>> _parts = [];

    // Two parts may ask for the same entry (a link by two names); the kernel has it once.
    private readonly Dictionary<NfElement, int> _uses = [];
    private readonly NfTablesConnection _kernel = NfTablesConnection.Open();
    private readonly NfTablesMonitor _monitor;
    private readonly string _table;
    private readonly FirewallSettings _settings;
    private readonly INetworkLog _log;
    private readonly Timer _mend;
    private NfTableFlags _flags;

    // A kernel without the family can do all but icc=false.
    private bool _bridgeFamily = true;
    private bool _disposed;

    /// <param name="settings">What the tables are made for.</param>
    /// <param name="own">Own the tables where the kernel can (6.9): no flush by others reaches them.</param>
    /// <param name="log">Told when rules had to be put back.</param>
    public Firewall(FirewallSettings settings, bool own, INetworkLog log)
    {
        string table = settings.Table;
        _table = table;
        _settings = settings;
        _flags = own ? NfTableFlags.Owner | NfTableFlags.Persist : NfTableFlags.None;
        _log = log;
        _mend = new Timer(_ => Mend());
        _monitor = new NfTablesMonitor(table, _kernel.PortId, () => _mend.Change(Settle, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Puts the whole firewall into the kernel, in place of whatever a former daemon left there.</summary>
    /// <exception cref="WharfException">Internal, naming what the kernel refused.</exception>
    public void ReplaceAll(IEnumerable<KeyValuePair<string, IEnumerable<NfElement>>> parts)
    {
        lock (_lock)
        {
            _parts.Clear();
            _uses.Clear();
            foreach ((string name, IEnumerable<NfElement> elements) in parts)
            {
                List<NfElement> list = [.. elements.Distinct()];
                _parts[name] = list;
                foreach (NfElement element in list)
                {
                    _uses[element] = _uses.GetValueOrDefault(element) + 1;
                }
            }

            CommitAll();
        }
    }

    /// <summary>Sets a part, or takes it away when there are no elements.</summary>
    public void Set(string part, IEnumerable<NfElement> elements)
    {
        lock (_lock)
        {
            List<NfElement> wanted = [.. elements.Distinct()];
            List<NfElement> had = _parts.GetValueOrDefault(part) ?? [];
            List<NfElement> added = [.. wanted.Except(had)], removed = [.. had.Except(wanted)];
            List<NfElement> fresh = [.. added.Where(e => !_uses.ContainsKey(e))], gone = [.. removed.Where(e => _uses[e] == 1)];
            if (fresh.Count + gone.Count > 0)
            {
                Commit(fresh, gone);
            }

            foreach (NfElement element in added)
            {
                _uses[element] = _uses.GetValueOrDefault(element) + 1;
            }

            foreach (NfElement element in removed)
            {
                if (--_uses[element] == 0)
                {
                    _uses.Remove(element);
                }
            }

            if (wanted.Count == 0)
            {
                _parts.Remove(part);
            }
            else
            {
                _parts[part] = wanted;
            }
        }
    }

    public void Remove(string part) => Set(part, []);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _monitor.Dispose();
        _mend.Dispose();
        _kernel.Dispose();
    }

    private void Commit(List<NfElement> fresh, List<NfElement> gone)
    {
        NetlinkAnswer answer = _kernel.Commit(new NfBatch().RemoveElements(_table, Possible(gone)).AddElements(_table, Possible(fresh)));
        if (answer.Ok)
        {
            return;
        }

        if (answer.Errno != Errno.ENOENT)
        {
            answer.ThrowIfError("change firewall");
        }

        // Somebody took our tables away a moment ago: put back what was, then change it.
        CommitAll();
        _kernel.Commit(new NfBatch().RemoveElements(_table, Possible(gone)).AddElements(_table, Possible(fresh))).ThrowIfError("change firewall");
    }

    private List<NfElement> Possible(IEnumerable<NfElement> elements)
    {
        List<NfElement> all = [.. elements];
        return _bridgeFamily || !all.Exists(e => e.Family == NfFamily.Bridge) ? all
            : throw WharfException.Unsupported("this kernel cannot keep containers of one network apart (icc=false): nf_tables has no bridge family (CONFIG_NF_TABLES_BRIDGE)");
    }

    private void CommitAll()
    {
        NetlinkAnswer answer = Whole(_flags);
        if (answer.Errno is Errno.EOPNOTSUPP or Errno.EINVAL && _flags != NfTableFlags.None)
        {
            _flags = NfTableFlags.None;
            answer = Whole(_flags);
        }

        if (answer.Errno == Errno.ENOENT)
        {
            // Somebody deleted a table between our look and our transaction.
            answer = Whole(_flags);
        }

        if (answer.Errno is Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT && _bridgeFamily)
        {
            _bridgeFamily = false;
            answer = Whole(_flags);
            _bridgeFamily = !answer.Ok;
        }

        if (answer.Errno == Errno.EPERM)
        {
            throw WharfException.Conflict($"firewall table {_table} is owned by another process; is another daemon running in this network namespace?");
        }

        answer.ThrowIfError("set up firewall");
    }

    private NetlinkAnswer Whole(NfTableFlags flags)
    {
        IReadOnlyList<NfTable> tables = FirewallTables.Build(_settings);
        HashSet<NfFamily> present = [.. _kernel.ListTables().Where(t => t.Name == _table).Select(t => t.Family)];
        var batch = new NfBatch();
        foreach (NfTable table in tables.Where(t => _bridgeFamily || t.Family != NfFamily.Bridge))
        {
            if (present.Contains(table.Family))
            {
                batch.RemoveTable(table.Family, table.Name);
            }

            batch.AddTable(table, flags);
        }

        return _kernel.Commit(batch.AddElements(_table, Possible(_uses.Keys)));
    }

    private void Mend()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                CommitAll();
                _log.Warning($"firewall table {_table} was changed from outside and has been restored");
            }
            catch (WharfException e)
            {
                _log.Warning($"firewall table {_table} was changed from outside and cannot be restored: {e.Message}");
                _mend.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }
}
