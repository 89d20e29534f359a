using System.Net;
using Wharf.Network.Addressing;
using Wharf.Network.Networks;
using Wharf.Primitives;

namespace Wharf.Network.Pools;

/// <summary>
/// The addresses of one subnet. Automatic ones are given in order and come round again only when the range has been gone through, so that a stale
/// neighbour, connection or name seldom meets a new owner; a container that comes back gets its old address while it is free.
/// Not for several threads at once.
/// </summary>
internal sealed class AddressPool
{
    private readonly HashSet<UInt128> _used = [];
    private readonly Dictionary<string, UInt128> _former = [];
    private readonly Queue<string> _formerOrder = new();
    private readonly UInt128 _first;
    private readonly UInt128 _last;
    private UInt128 _next;

    private const int FormerLimit = 1024;

    public AddressPool(IpamPool pool)
    {
        Subnet = pool.Subnet;
        Subnet range = pool.Range.IsEmpty ? pool.Subnet : pool.Range;
        _first = range.First;
        _last = range.Last;
        int hostBits = Subnet.Width - Subnet.PrefixLength;
        if (hostBits > 1)
        {
            // The network's own address, and for IPv4 the broadcast address.
            _used.Add(Subnet.First);
            if (!Subnet.IsIPv6)
            {
                _used.Add(Subnet.Last);
            }
        }

        foreach (IPAddress taken in pool.Auxiliary.Values.Append(pool.Gateway).OfType<IPAddress>())
        {
            _used.Add(Subnet.ToNumber(taken));
        }

        _next = _first;
    }

    public Subnet Subnet { get; }

    /// <summary>The next free address for an owner; null when there is none left.</summary>
    public IPAddress? Allocate(string owner)
    {
        if (_former.TryGetValue(owner, out UInt128 former) && _used.Add(former))
        {
            return Subnet.ToAddress(former, Subnet.IsIPv6);
        }

        UInt128 candidate = _next;
        do
        {
            UInt128 following = candidate == _last ? _first : candidate + 1;
            if (_used.Add(candidate))
            {
                _next = following;
                return Subnet.ToAddress(candidate, Subnet.IsIPv6);
            }

            candidate = following;
        }
        while (candidate != _next);

        return null;
    }

    /// <exception cref="WharfException">Forbidden "Address already in use".</exception>
    public void Take(IPAddress address)
    {
        if (!_used.Add(Subnet.ToNumber(address)))
        {
            throw WharfException.Forbidden("Address already in use");
        }
    }

    /// <summary>Marks an address that is known to be in use (a container that lives on after a restart of the daemon).</summary>
    public void Restore(IPAddress address)
    {
        UInt128 number = Subnet.ToNumber(address);
        _used.Add(number);
        if (number >= _next && number >= _first && number < _last)
        {
            _next = number + 1;
        }
    }

    public void Release(IPAddress address, string owner)
    {
        UInt128 number = Subnet.ToNumber(address);
        _used.Remove(number);
        if (!_former.ContainsKey(owner))
        {
            _formerOrder.Enqueue(owner);
            if (_formerOrder.Count > FormerLimit)
            {
                _former.Remove(_formerOrder.Dequeue());
            }
        }

        _former[owner] = number;
    }
}
