using System.Collections;

namespace Wharf.Primitives.Sequences;

/// <summary>Values by key, several of each, in the order in which they came.</summary>
public sealed class Lookup<TKey, T> : IEnumerable<Grouping<TKey, T>> where TKey : notnull
{
    private readonly Dictionary<TKey, Grouping<TKey, T>> _byKey;
    private readonly List<Grouping<TKey, T>> _inOrder = [];

    internal Lookup(IEqualityComparer<TKey>? comparer = null) => _byKey = new(comparer);

    /// <summary>The values of a key; none for a key that is not there.</summary>
    public IReadOnlyList<T> this[TKey key] => _byKey.TryGetValue(key, out Grouping<TKey, T>? group) ? group : [];

    public bool Contains(TKey key) => _byKey.ContainsKey(key);

    internal void Add(TKey key, T value)
    {
        if (!_byKey.TryGetValue(key, out Grouping<TKey, T>? group))
            _inOrder.Add(_byKey[key] = group = new Grouping<TKey, T>(key));
        group.Add(value);
    }

    public IEnumerator<Grouping<TKey, T>> GetEnumerator() => _inOrder.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The items that share a key.</summary>
public sealed class Grouping<TKey, T> : IReadOnlyList<T>
{
    private readonly List<T> _items = [];

    internal Grouping(TKey key) => Key = key;

    public TKey Key { get; }

    public int Count => _items.Count;

    public T this[int index] => _items[index];

    internal void Add(T item) => _items.Add(item);

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
