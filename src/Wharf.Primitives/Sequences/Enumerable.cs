using System.Collections;

namespace Wharf.Primitives.Sequences;

/// <summary>The query operators this product uses, with the names and meanings of <c>System.Linq.Enumerable</c>: lazy where those are, stable where those are.</summary>
/// <remarks>
/// In place of System.Linq because of what ahead-of-time compilation makes of it: its iterators have generic virtual methods, so the compiler must emit
/// every pair of element types that could meet, most of which never do (8.5 MB of 20 MB of code in the daemon, see docs/decisions). These are plain
/// iterator methods: one instance for each pair that is written down.
/// </remarks>
public static partial class Enumerable
{
    public static IEnumerable<T> Empty<T>() => [];

    public static IEnumerable<int> Range(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Counting(start, count);
        static IEnumerable<int> Counting(int start, int count)
        {
            for (int i = 0; i < count; i++)
                yield return start + i;
        }
    }

    public static IEnumerable<T> Repeat<T>(T value, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Repeating(value, count);
        static IEnumerable<T> Repeating(T value, int count)
        {
            for (int i = 0; i < count; i++)
                yield return value;
        }
    }

    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Filtering(source, predicate);
        static IEnumerable<T> Filtering(IEnumerable<T> source, Func<T, bool> predicate)
        {
            foreach (T item in source)
            {
                if (predicate(item))
                    yield return item;
            }
        }
    }

    public static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, int, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Filtering(source, predicate);
        static IEnumerable<T> Filtering(IEnumerable<T> source, Func<T, int, bool> predicate)
        {
            int index = 0;
            foreach (T item in source)
            {
                if (predicate(item, index++))
                    yield return item;
            }
        }
    }

    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Projecting(source, selector);
        static IEnumerable<TResult> Projecting(IEnumerable<T> source, Func<T, TResult> selector)
        {
            foreach (T item in source)
                yield return selector(item);
        }
    }

    public static IEnumerable<TResult> Select<T, TResult>(this IEnumerable<T> source, Func<T, int, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Projecting(source, selector);
        static IEnumerable<TResult> Projecting(IEnumerable<T> source, Func<T, int, TResult> selector)
        {
            int index = 0;
            foreach (T item in source)
                yield return selector(item, index++);
        }
    }

    public static IEnumerable<TResult> SelectMany<T, TResult>(this IEnumerable<T> source, Func<T, IEnumerable<TResult>> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Flattening(source, selector);
        static IEnumerable<TResult> Flattening(IEnumerable<T> source, Func<T, IEnumerable<TResult>> selector)
        {
            foreach (T item in source)
            {
                foreach (TResult inner in selector(item))
                    yield return inner;
            }
        }
    }

    public static IEnumerable<TResult> SelectMany<T, TInner, TResult>(this IEnumerable<T> source, Func<T, IEnumerable<TInner>> inner, Func<T, TInner, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Flattening(source, inner, selector);
        static IEnumerable<TResult> Flattening(IEnumerable<T> source, Func<T, IEnumerable<TInner>> inner, Func<T, TInner, TResult> selector)
        {
            foreach (T item in source)
            {
                foreach (TInner other in inner(item))
                    yield return selector(item, other);
            }
        }
    }

    /// <summary>The items that are a <typeparamref name="T"/>.</summary>
    public static IEnumerable<T> OfType<T>(this IEnumerable source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Typed(source);
        static IEnumerable<T> Typed(IEnumerable source)
        {
            foreach (object? item in source)
            {
                if (item is T typed)
                    yield return typed;
            }
        }
    }

    public static IEnumerable<T> Cast<T>(this IEnumerable source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source as IEnumerable<T> ?? Casting(source);
        static IEnumerable<T> Casting(IEnumerable source)
        {
            foreach (object? item in source)
                yield return (T)item!;
        }
    }

    public static IEnumerable<T> AsEnumerable<T>(this IEnumerable<T> source) => source;

    public static IEnumerable<T> DefaultIfEmpty<T>(this IEnumerable<T> source, T value)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Filled(source, value);
        static IEnumerable<T> Filled(IEnumerable<T> source, T value)
        {
            bool any = false;
            foreach (T item in source)
            {
                any = true;
                yield return item;
            }
            if (!any)
                yield return value;
        }
    }

    public static IEnumerable<(T First, TOther Second)> Zip<T, TOther>(this IEnumerable<T> source, IEnumerable<TOther> other)
        => source.Zip(other, static (a, b) => (a, b));

    public static IEnumerable<TResult> Zip<T, TOther, TResult>(this IEnumerable<T> source, IEnumerable<TOther> other, Func<T, TOther, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        return Pairing(source, other, selector);
        static IEnumerable<TResult> Pairing(IEnumerable<T> source, IEnumerable<TOther> other, Func<T, TOther, TResult> selector)
        {
            using IEnumerator<T> a = source.GetEnumerator();
            using IEnumerator<TOther> b = other.GetEnumerator();
            while (a.MoveNext() && b.MoveNext())
                yield return selector(a.Current, b.Current);
        }
    }
}
