using Gdn.Reference;
using Gdn.Reference.Models;
using Gdn.Reference.Operators;

namespace Gdn.Optimized.Cpu.Memory;

/// <summary>
/// A share of a linear layer's heads, as one of several devices would own it: some key heads, and the value heads that read
/// them. A share is a smaller layer of the same kind, and needs to know of no other.
/// </summary>
public sealed class HeadShare
{
    private readonly DeltaNetConfig _whole;
    private readonly int _firstKeyHead;
    private readonly int[] _valueHeads;

    private HeadShare(DeltaNetConfig whole, int firstKeyHead, int keyHeads)
    {
        _whole = whole;
        _firstKeyHead = firstKeyHead;
        // Ascending, so the share's own head map is the whole's.
        _valueHeads = [.. Enumerable.Range(0, whole.ValueHeads).Where(head =>
            whole.HeadMap.KeyHeadOf(head, whole.KeyHeads, whole.ValueHeads) is int key
            && key >= firstKeyHead && key < firstKeyHead + keyHeads)];
        Config = whole with { KeyHeads = keyHeads, ValueHeads = _valueHeads.Length };
    }

    /// <summary>Sizes of the layer.</summary>
    public DeltaNetConfig Whole => _whole;

    /// <summary>Sizes of the share.</summary>
    public DeltaNetConfig Config { get; }

    /// <summary>Deals the key heads to shares, in order and as evenly as they go.</summary>
    /// <exception cref="InputException">There are more shares than key heads.</exception>
    public static HeadShare[] Deal(DeltaNetConfig whole, int shares)
    {
        if (shares > whole.KeyHeads)
            throw new InputException(
                "shares", $"{whole.KeyHeads} key heads cannot be dealt to {shares} shares",
                $"use at most {whole.KeyHeads}");
        int First(int share) => share * whole.KeyHeads / shares;
        return [.. Enumerable.Range(0, shares).Select(
            share => new HeadShare(whole, First(share), First(share + 1) - First(share)))];
    }

    /// <summary>Takes the share's part of rows with <paramref name="headLength"/> elements per value head.</summary>
    /// <param name="whole"><c>[n, Hv, headLength]</c> of the layer.</param>
    /// <param name="share">Receives <c>[n, Hv, headLength]</c> of the share.</param>
    public void TakeHeads(ReadOnlySpan<float> whole, int headLength, Span<float> share)
    {
        for (int target = 0, row = 0; target < share.Length; row += _whole.ValueHeads)
            foreach (int head in _valueHeads)
            {
                whole.Slice((row + head) * headLength, headLength).CopyTo(share[target..]);
                target += headLength;
            }
    }

    /// <summary>Puts the share's part back: the reverse of <see cref="TakeHeads"/>.</summary>
    public void PutHeads(ReadOnlySpan<float> share, int headLength, Span<float> whole)
    {
        for (int source = 0, row = 0; source < share.Length; row += _whole.ValueHeads)
            foreach (int head in _valueHeads)
            {
                share.Slice(source, headLength).CopyTo(whole[((row + head) * headLength)..]);
                source += headLength;
            }
    }

    /// <summary>Takes the share's part of what has <paramref name="headLength"/> elements per key head.</summary>
    public void TakeKeyHeads(ReadOnlySpan<float> whole, int headLength, Span<float> share) =>
        whole.Slice(_firstKeyHead * headLength, Config.KeyHeads * headLength).CopyTo(share);

    /// <summary>Puts the share's part back: the reverse of <see cref="TakeKeyHeads"/>.</summary>
    public void PutKeyHeads(ReadOnlySpan<float> share, int headLength, Span<float> whole) =>
        share.CopyTo(whole[(_firstKeyHead * headLength)..]);

    /// <summary>Takes the share's part of conv channels.</summary>
    /// <param name="whole"><c>[n, C]</c> of the layer: q, k and v side by side.</param>
    /// <param name="share">Receives <c>[n, C]</c> of the share.</param>
    public void TakeChannels(ReadOnlySpan<float> whole, Span<float> share)
    {
        int rows = share.Length / Config.ConvChannels;
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> source = whole.Slice(r * _whole.ConvChannels, _whole.ConvChannels);
            Span<float> target = share.Slice(r * Config.ConvChannels, Config.ConvChannels);
            source.Slice(KeyStart, Config.KeyLength).CopyTo(target);
            source.Slice(_whole.KeyLength + KeyStart, Config.KeyLength).CopyTo(target[Config.KeyLength..]);
            TakeHeads(source[(2 * _whole.KeyLength)..], _whole.HeadDim, target[(2 * Config.KeyLength)..]);
        }
    }

    /// <summary>Puts the share's channels back: the reverse of <see cref="TakeChannels"/>.</summary>
    public void PutChannels(ReadOnlySpan<float> share, Span<float> whole)
    {
        int rows = share.Length / Config.ConvChannels;
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> source = share.Slice(r * Config.ConvChannels, Config.ConvChannels);
            Span<float> target = whole.Slice(r * _whole.ConvChannels, _whole.ConvChannels);
            source[..Config.KeyLength].CopyTo(target[KeyStart..]);
            source.Slice(Config.KeyLength, Config.KeyLength).CopyTo(target[(_whole.KeyLength + KeyStart)..]);
            PutHeads(source[(2 * Config.KeyLength)..], _whole.HeadDim, target[(2 * _whole.KeyLength)..]);
        }
    }

    private int KeyStart => _firstKeyHead * _whole.HeadDim;
}
