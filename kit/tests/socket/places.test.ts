import { createPlaces, type Place } from '../../socket/places.ts';

const take = (places: ReturnType<typeof createPlaces>, address: string) => places.take(address) as Place;

describe('places of sockets', () => {
  test('one address has its share, and gets it back', () => {
    const places = createPlaces({ total: 10, perAddress: 2 });
    const [first] = [take(places, 'a'), take(places, 'a')];
    expect(places.take('a')).toBeNull();
    expect(places.take('b')).not.toBeNull();
    first?.free();
    first?.free();
    expect(places.take('a')).not.toBeNull();
    expect(places.taken).toBe(3);
  });

  test('who signs in is no stranger any more', () => {
    const places = createPlaces({ total: 10, perAddress: 5, strangersPerAddress: 1 });
    const user = take(places, 'a');
    expect(places.take('a')).toBeNull();
    expect(user.settle('ada')).toBeNull();
    expect(places.take('a')).not.toBeNull();
    expect(places.take('a')).toBeNull();
  });

  test('nobodies have a part, of all and at an address; users pass', () => {
    const places = createPlaces({ total: 10, nobodys: 3, nobodysPerAddress: 2 });
    const all = ['a', 'a', 'a', 'b', 'b'].map((address) => take(places, address));
    expect(all.map((place) => place.settle(null) === null)).toEqual([true, true, false, true, false]);
    expect(all[4]?.settle('ada')).toBeNull();
    expect(all[0]?.settle('bob')).toBeNull();
    expect(all[2]?.settle(null)).toBeNull();
  });

  test('a user has a share, wherever the sockets come from', () => {
    const places = createPlaces({ total: 10, perUser: 2 });
    const all = ['a', 'b', 'c'].map((address) => take(places, address));
    expect(all.map((place) => place.settle('ada'))).toEqual([null, null, 'Too many sockets of this user']);
    expect(all[2]?.settle('bob')).toBeNull();
    // With another token of theirs.
    expect(all[0]?.settle('ada')).toBeNull();
    all[1]?.free();
    expect(take(places, 'd').settle('ada')).toBeNull();
  });

  test('so many of an address may be between admission and their introduction', () => {
    const places = createPlaces({ total: 10, arrivingPerAddress: 1 });
    const [first, second] = [take(places, 'a'), take(places, 'a')];
    first?.arrive();
    expect([places.mayArrive('a'), places.mayArrive('b')]).toEqual([false, true]);
    first?.settle('ada');
    expect(places.mayArrive('a')).toBe(true);
    second?.arrive();
    second?.free();
    expect(places.mayArrive('a')).toBe(true);
  });

  test('whatever comes and goes: when all have gone, everything is free', () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const limits = {
      ...{ total: 20, perUser: 3, nobodys: 6, perAddress: 9 },
      ...{ strangersPerAddress: 5, nobodysPerAddress: 3, arrivingPerAddress: 2 },
    };
    const places = createPlaces(limits);
    const open = new Set<Place>();
    for (let step = 0; step < 5_000; step += 1) {
      const place = [...open][random(open.size || 1)];
      const what = random(4);
      if (what === 0 || !place) {
        const taken = places.take(`a${random(5)}`);
        if (taken) open.add(taken);
      } else if (what === 1) place.arrive();
      else if (what === 2) place.settle(random(2) ? `u${random(5)}` : null);
      else {
        place.free();
        open.delete(place);
      }
      expect(places.taken).toBe(open.size);
    }
    for (const place of open) place.free();
    for (let i = 0; i < 5; i += 1) expect(places.mayArrive(`a${i}`)).toBe(true);
    const again = Array.from({ length: 20 }, (_, i) => take(places, `a${i % 4}`));
    expect(again.map((place, i) => place.settle(`u${i % 7}`))).toEqual(Array(20).fill(null));
  });
});
