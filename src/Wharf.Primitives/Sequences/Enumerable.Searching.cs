namespace Wharf.Primitives.Sequences;

public static partial class Enumerable
{
    public static bool Any<T>(this IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source is ICollection<T> collection)
            return collection.Count > 0;
        using IEnumerator<T> items = source.GetEnumerator();
        return items.MoveNext();
    }

    public static bool Any<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (T item in source)
        {
            if (predicate(item))
                return true;
        }
        return false;
    }

    public static bool All<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (T item in source)
        {
            if (!predicate(item))
                return false;
        }
        return true;
    }

    public static bool Contains<T>(this IEnumerable<T> source, T value)
        => source is ICollection<T> collection ? collection.Contains(value) : source.Contains(value, EqualityComparer<T>.Default);

    public static bool Contains<T>(this IEnumerable<T> source, T value, IEqualityComparer<T> comparer)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (T item in source)
        {
            if (comparer.Equals(item, value))
                return true;
        }
        return false;
    }

    public static T First<T>(this IEnumerable<T> source) => TryFirst(source, null, out T? found) ? found! : throw Nothing();

    public static T First<T>(this IEnumerable<T> source, Func<T, bool> predicate) => TryFirst(source, predicate, out T? found) ? found! : throw Nothing();

    public static T? FirstOrDefault<T>(this IEnumerable<T> source) => TryFirst(source, null, out T? found) ? found : default;

    public static T? FirstOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate) => TryFirst(source, predicate, out T? found) ? found : default;

    public static T FirstOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate, T otherwise) => TryFirst(source, predicate, out T? found) ? found! : otherwise;

    public static T Last<T>(this IEnumerable<T> source) => TryLast(source, null, out T? found) ? found! : throw Nothing();

    public static T Last<T>(this IEnumerable<T> source, Func<T, bool> predicate) => TryLast(source, predicate, out T? found) ? found! : throw Nothing();

    public static T? LastOrDefault<T>(this IEnumerable<T> source) => TryLast(source, null, out T? found) ? found : default;

    public static T? LastOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate) => TryLast(source, predicate, out T? found) ? found : default;

    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public static T Single<T>(this IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using IEnumerator<T> items = source.GetEnumerator();
        if (!items.MoveNext())
            throw Nothing();
        T found = items.Current;
        return items.MoveNext() ? throw new InvalidOperationException("Sequence contains more than one element") : found;
    }

    public static T LastOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate, T otherwise) => TryLast(source, predicate, out T? found) ? found! : otherwise;

    public static T Single<T>(this IEnumerable<T> source, Func<T, bool> predicate) => source.Where(predicate).Single();

    /// <exception cref="InvalidOperationException">There is more than one.</exception>
    public static T? SingleOrDefault<T>(this IEnumerable<T> source)
    {
        T[] atMostTwo = source.Take(2).ToArray();
        return atMostTwo.Length > 1 ? throw new InvalidOperationException("Sequence contains more than one element") : atMostTwo.Length == 1 ? atMostTwo[0] : default;
    }

    public static T? SingleOrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate) => source.Where(predicate).SingleOrDefault();

    public static T ElementAt<T>(this IEnumerable<T> source, int index) => source is IList<T> list ? list[index] : source.Skip(index).First();

    public static T? ElementAtOrDefault<T>(this IEnumerable<T> source, int index) => index < 0 ? default : source.Skip(index).FirstOrDefault();

    public static bool SequenceEqual<T>(this IEnumerable<T> source, IEnumerable<T> other) => source.SequenceEqual(other, EqualityComparer<T>.Default);

    public static bool SequenceEqual<T>(this IEnumerable<T> source, IEnumerable<T> other, IEqualityComparer<T> comparer)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        using IEnumerator<T> a = source.GetEnumerator();
        using IEnumerator<T> b = other.GetEnumerator();
        while (a.MoveNext())
        {
            if (!b.MoveNext() || !comparer.Equals(a.Current, b.Current))
                return false;
        }
        return !b.MoveNext();
    }

    private static bool TryFirst<T>(IEnumerable<T> source, Func<T, bool>? predicate, out T? found)
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (T item in source)
        {
            if (predicate is not null && !predicate(item))
                continue;
            found = item;
            return true;
        }
        found = default;
        return false;
    }

    private static bool TryLast<T>(IEnumerable<T> source, Func<T, bool>? predicate, out T? found)
    {
        ArgumentNullException.ThrowIfNull(source);
        bool any = false;
        found = default;
        foreach (T item in source)
        {
            if (predicate is not null && !predicate(item))
                continue;
            found = item;
            any = true;
        }
        return any;
    }

    private static InvalidOperationException Nothing() => new("Sequence contains no matching element");
}
