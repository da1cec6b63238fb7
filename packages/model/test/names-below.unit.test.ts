import { describe, expect, it } from 'vitest';
import { namesBelow } from '../src';
import { imageFile } from './definitions-fixtures';

const on = (image: string, ...tools: string[]) => ({ from: { image }, tools });

describe('the names of a project’s ancestors and tools', () => {
  const images = [
    imageFile('base', { tools: ['yq'] }),
    imageFile('k8s', on('base', 'helm', 'kubectl')),
    imageFile('aws', on('k8s')),
    imageFile('other', on('base', 'pandoc')),
  ];

  it('are those of the chain and of its tools', () => {
    expect(namesBelow('aws', images)).toEqual(['aws', 'k8s', 'helm', 'kubectl', 'base', 'yq']);
    expect(namesBelow('helm', images)).toEqual(['helm']);
  });

  it('end at a cycle, at an unknown name, and at a broken file', () => {
    const circle = [imageFile('a', on('b')), imageFile('b', on('a'))];
    expect(namesBelow('a', circle)).toEqual(['a', 'b']);
    expect(namesBelow('a', [imageFile('a', on('gone'))])).toEqual(['a', 'gone']);
    expect(namesBelow('a', [{ file: 'images/a/image.json', text: '{ "from": ' }])).toEqual(['a']);
    expect(namesBelow('a', [{ file: 'images/a/image.json', text: 'null' }])).toEqual(['a']);
  });
});
